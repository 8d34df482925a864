using Ledger.Cli.Doctor;
using Newtonsoft.Json.Linq;

namespace Ledger.Cli.Tests.Doctor;

public sealed class DoctorReportTests
{
    private static readonly Check Good = new("fileSystem", true, "tmpfs, a local disk");
    private static readonly Check Bad = new("space", false, "3 MB free: make room");

    [Fact]
    public void Json_has_the_contracts_fields()
    {
        var json = JObject.Parse(Report(true, "append", Good, Bad).Json());
        Assert.Equal(["path", "fileSystem", "log", "checks"], json.Properties().Select(p => p.Name));
        Assert.Equal(("/l", "tmpfs", "append"), ((string?)json["path"], (string?)json["fileSystem"], (string?)json["log"]));
        var check = (JObject)json["checks"]![1]!;
        Assert.Equal(["name", "ok", "detail"], check.Properties().Select(p => p.Name));
        Assert.Equal(("space", false, "3 MB free: make room"), ((string?)check["name"], (bool)check["ok"]!, (string?)check["detail"]));
    }

    [Theory]
    [InlineData(true, "append", "Yes: by all processes of this machine (append log)")]
    [InlineData(true, "chain", "Yes: by all processes of this machine, and of those that mount")]
    [InlineData(false, "chain", "Yes: by every machine that mounts this drive (chain log)")]
    public void The_verdict_says_by_whom_it_can_be_shared(bool isLocal, string log, string verdict)
    {
        var report = Report(isLocal, log, Good);
        Assert.True(report.Ok);
        Assert.StartsWith(verdict, report.Verdict, StringComparison.Ordinal);
        Assert.Contains(verdict, string.Join('\n', report.Lines().Select(l => l.Plain)), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_well_is_the_verdict_and_marked_in_its_line()
    {
        var report = Report(true, "append", Good, Bad);
        Assert.False(report.Ok);
        Assert.Equal("No, not as it is (space): 3 MB free: make room", report.Verdict);
        var lines = report.Lines().Select(l => l.Plain).ToList();
        Assert.Contains("  ok  fileSystem  tmpfs, a local disk", lines);
        Assert.Contains("  NO  space       3 MB free: make room", lines);
        Assert.DoesNotContain(lines, l => l.StartsWith("Make it one", StringComparison.Ordinal));
    }

    [Fact]
    public void What_others_wrote_cannot_steer_the_terminal()
    {
        var report = Report(true, "append", new Check("whoElse", true, "1 alive (evil\u001b[2J on host)"));
        Assert.DoesNotContain(report.Lines(), l => l.Plain.Contains('\u001b', StringComparison.Ordinal));
    }

    [Fact]
    public void Races_with_two_winners_with_none_or_with_foreign_content_are_seen()
    {
        Assert.True(RaceChecks.Exclusivity([true, false], [false, true], ["a", "b"]).Ok);
        Assert.False(RaceChecks.Exclusivity([true, true], [false, true], ["a", "b"]).Ok);
        Assert.False(RaceChecks.Exclusivity([true, false], [false, false], ["a", "b"]).Ok);
        Assert.False(RaceChecks.Exclusivity([true, false], [false, true], ["a", "a"]).Ok);
        Assert.False(RaceChecks.Exclusivity([true, false], [false, true], ["a", null]).Ok);
    }

    [Fact]
    public void Lines_that_are_lost_doubled_or_mixed_are_seen()
    {
        string[] whole = [Appending.Line("a", 0), "", Appending.Line("b", 0)];
        Assert.True(RaceChecks.Appends(whole, 1).Ok);
        Assert.False(RaceChecks.Appends(whole[..2], 1).Ok);
        Assert.False(RaceChecks.Appends([.. whole, whole[0]], 1).Ok);
        Assert.False(RaceChecks.Appends([whole[0] + whole[2]], 1).Ok);
    }

    [Fact]
    public void A_new_file_counts_by_the_faster_way_and_what_is_never_seen_is_no_delay_to_live_with()
    {
        var ms = TimeSpan.FromMilliseconds(1);
        Assert.Equal(5 * ms, new Delays(2 * ms, 5 * ms, 90 * ms, ms).Worst);
        Assert.Equal(9 * ms, new Delays(2 * ms, null, 9 * ms, ms).Worst);
        Assert.Equal(7 * ms, new Delays(7 * ms, 1 * ms, null, ms).Worst);
        Assert.Null(new Delays(null, ms, ms, ms).Worst);
        Assert.Null(new Delays(ms, null, null, ms).Worst);
    }

    private static DoctorReport Report(bool isLocal, string log, params Check[] checks) => new("/l", "tmpfs", isLocal, log, false, checks);
}
