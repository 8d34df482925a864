using System.Runtime.Versioning;
using Newtonsoft.Json.Linq;

namespace Ledger.CrashTests.Commands;

/// <summary>The command as outside programs see it.</summary>
[SupportedOSPlatform("linux")]
public sealed class ExitCodeTests : IDisposable
{
    private readonly CommandLedger temp = new();

    public void Dispose() => temp.Dispose();

    public static TheoryData<string> BadIds => ["../x", ".", "..", "", "a\nb", "a/b", "CON", "trailing.", new string('x', 300)];

    public static TheoryData<string[]> Commands =>
    [
        ["show"], ["watch"], ["log"], ["abort"], ["verify"], ["wait", "--for", "terminal"],
    ];

    [Theory]
    [MemberData(nameof(BadIds))]
    public async Task A_bad_id_is_refused_before_anything_is_touched(string id)
    {
        await temp.OpenAsync();
        var before = temp.Tree();
        var result = await temp.RunAsync("show", id);
        Assert.Equal(2, result.Code);
        AssertOneLine(result);
        Assert.Equal(before, temp.Tree());
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Every_command_refuses_a_bad_id_and_does_not_find_an_unknown_one(string[] command)
    {
        await temp.OpenAsync();
        var before = temp.Tree();
        var bad = await temp.RunAsync([.. command, "../x"]);
        Assert.Equal(2, bad.Code);
        AssertOneLine(bad);
        var unknown = await temp.RunAsync([.. command, "nobody-made-it"]);
        Assert.Equal(4, unknown.Code);
        AssertOneLine(unknown);
        Assert.Contains("ledger ls", unknown.Error, StringComparison.Ordinal);
        Assert.Equal(before, temp.Tree());
    }

    [Theory]
    [InlineData("ls")]
    [InlineData("gc")]
    [InlineData("verify")]
    [InlineData("abort", "op")]
    public async Task A_missing_directory_is_told_and_not_made(params string[] command)
    {
        var result = await temp.RunAsync(command);
        Assert.Equal(3, result.Code);
        AssertOneLine(result);
        Assert.Contains(temp.Path, result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(temp.Path));
    }

    [Fact]
    public async Task A_directory_of_something_else_is_left_alone()
    {
        Directory.CreateDirectory(temp.Path);
        await File.WriteAllTextAsync(Path.Combine(temp.Path, "thesis.txt"), "precious");
        var before = temp.Tree();
        var result = await temp.RunAsync("ls");
        Assert.Equal(3, result.Code);
        AssertOneLine(result);
        Assert.Equal(before, temp.Tree());
    }

    [Fact]
    public async Task A_directory_others_may_write_to_is_refused_with_what_mends_it()
    {
        await temp.OpenAsync();
        File.SetUnixFileMode(temp.Path, (UnixFileMode)0x1FF);
        var result = await temp.RunAsync("ls");
        Assert.Equal(3, result.Code);
        Assert.Contains("chmod 700", result.Error, StringComparison.Ordinal);
    }

    [ReadOnlyMountFact]
    public async Task A_read_only_directory_is_told_with_its_path()
    {
        await temp.OpenAsync();
        var result = await temp.RunReadOnlyAsync("ls");
        Assert.Equal(3, result.Code);
        AssertOneLine(result);
        Assert.Contains(temp.Path, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_that_does_not_beat_is_suspect_at_one_look_and_dead_after_a_long_one()
    {
        await temp.OpenAsync(o => o with
        {
            HeartbeatInterval = TimeSpan.FromMilliseconds(200),
            StalenessThreshold = TimeSpan.FromSeconds(2),
        });
        var process = await temp.ParticipantAsync("cli");
        Assert.Equal("alive", await LivenessAsync("show", "demo", "--json"));
        CommandLedger.Signal(process, Ledger.Platform.Signals.Stop);
        Assert.Equal("dead", await LivenessAsync("show", "demo", "--json", "--observe", "60s"));
        Assert.Equal("suspect", await LivenessAsync("show", "demo", "--json"));
        CommandLedger.Signal(process, Ledger.Platform.Signals.Kill);
        await process.WaitForExitAsync();
        Assert.Equal("dead", await LivenessAsync("show", "demo", "--json"));
    }

    [Fact]
    public async Task Abort_answers_yes_and_yes_again_and_no_when_it_comes_too_late()
    {
        var ledger = await temp.OpenAsync();
        await using var participant = await ledger.JoinAsync("cli");
        await using var running = await participant.CreateOperationAsync("running");
        await using var done = await participant.CreateOperationAsync("done");
        await done.CompleteAsync();
        var first = await temp.RunAsync("abort", "running", "--reason", "enough", "--json");
        Assert.Equal(0, first.Code);
        var json = JObject.Parse(first.Output);
        Assert.True((bool)json["aborted"]!);
        Assert.Equal("enough", (string?)json["cause"]!["reason"]);
        Assert.Equal("ledger-abort", (string?)json["cause"]!["participantId"]);
        var again = await temp.RunAsync("abort", "running");
        Assert.Equal(0, again.Code);
        var late = await temp.RunAsync("abort", "done");
        Assert.Equal(1, late.Code);
        AssertOneLine(late);
        Assert.Contains("too late", late.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wait_gives_up_with_124_and_still_says_how_it_stands()
    {
        var ledger = await temp.OpenAsync();
        await using var participant = await ledger.JoinAsync("cli");
        await using var operation = await participant.CreateOperationAsync("op");
        var result = await temp.RunAsync("wait", "op", "--for", "terminal", "--timeout", "300ms", "--json");
        Assert.Equal(124, result.Code);
        Assert.Equal("running", (string?)JObject.Parse(result.Output)["state"]);
    }

    [Theory]
    [InlineData("terminal", true, 0)]
    [InlineData("completed", true, 0)]
    [InlineData("cleanup", true, 1)]
    [InlineData("terminal", false, 1)]
    [InlineData("completed", false, 1)]
    [InlineData("cleanup", false, 0)]
    public async Task Wait_answers_as_soon_as_the_operation_does(string awaited, bool completes, int code)
    {
        var ledger = await temp.OpenAsync();
        await using var participant = await ledger.JoinAsync("cli");
        await using var operation = await participant.CreateOperationAsync("op");
        var waiting = temp.Start("wait", "op", "--for", awaited, "--json");
        if (completes) await operation.CompleteAsync();
        else await participant.AbortAsync("op");
        var result = await CommandLedger.EndAsync(waiting);
        Assert.Equal(code, result.Code);
        var json = JObject.Parse(result.Output);
        Assert.Equal(["operationId", "state", "cause"], json.Properties().Select(p => p.Name));
        Assert.Equal(completes ? "completed" : "failed", (string?)json["state"]);
    }

    [Theory]
    [InlineData("watch", "op")]
    [InlineData("log", "op", "--follow")]
    [InlineData("watch")]
    public async Task Interrupted_it_ends_cleanly_with_130(params string[] command)
    {
        var ledger = await temp.OpenAsync();
        await using var participant = await ledger.JoinAsync("cli");
        await using var operation = await participant.CreateOperationAsync("op");
        var process = temp.Start(command);
        Assert.Contains("created the operation", await CommandLedger.ReadLineAsync(process), StringComparison.Ordinal);
        CommandLedger.Signal(process, 2);
        var result = await CommandLedger.EndAsync(process);
        Assert.Equal(130, result.Code);
        Assert.Empty(result.Error);
    }

    [Fact]
    public async Task Watch_and_log_print_one_json_object_a_line_until_it_has_ended()
    {
        var ledger = await temp.OpenAsync();
        await using var participant = await ledger.JoinAsync("cli");
        await using var operation = await participant.CreateOperationAsync("op");
        var watching = temp.Start("watch", "op", "--json");
        var first = await CommandLedger.ReadLineAsync(watching);
        await operation.CompleteAsync();
        var watched = await CommandLedger.EndAsync(watching);
        Assert.Equal(0, watched.Code);
        var logged = await temp.RunAsync("log", "op", "--json");
        Assert.Equal(0, logged.Code);
        Assert.Equal(logged.Lines, watched.Lines.Prepend(first));
        Assert.All(logged.Lines, line => Assert.NotNull(JObject.Parse(line)["position"]));
        Assert.Equal("completed", (string?)JObject.Parse(logged.Lines[^1])["state"]);
    }

    [Fact]
    public async Task Watching_what_fails_exits_with_1_but_showing_it_with_0()
    {
        var ledger = await temp.OpenAsync();
        await using var participant = await ledger.JoinAsync("cli");
        await using var operation = await participant.CreateOperationAsync("op");
        await participant.AbortAsync("op");
        Assert.Equal(1, (await temp.RunAsync("watch", "op", "--json")).Code);
        var show = await temp.RunAsync("show", "op", "--json");
        Assert.Equal(0, show.Code);
        Assert.Equal("failed", (string?)JObject.Parse(show.Output)["state"]);
    }

    [Fact]
    public async Task What_ended_a_while_ago_is_archived_by_whatever_command_comes_next()
    {
        var ledger = await temp.OpenAsync();
        await using (var participant = await ledger.JoinAsync("cli"))
        await using (var operation = await participant.CreateOperationAsync("op")) await operation.CompleteAsync();
        var log = Path.Combine(temp.Path, "operations", "op.log.jsonl");
        File.SetLastWriteTimeUtc(log, File.GetLastWriteTimeUtc(log).AddMinutes(-1));
        var result = await temp.RunAsync("ls", "--json");
        Assert.Equal(0, result.Code);
        Assert.True((bool)JObject.Parse(result.Output)["archived"]!);
        Assert.False(File.Exists(log));
        Assert.True((bool)JObject.Parse((await temp.RunAsync("show", "op", "--json")).Output)["archived"]!);
    }

    private async Task<string?> LivenessAsync(params string[] command) =>
        (string?)JObject.Parse((await temp.RunAsync(command)).Output)["stack"]![0]!["liveness"];

    private static void AssertOneLine(CommandResult result)
    {
        Assert.Empty(result.Output);
        Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("ledger: ", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }
}
