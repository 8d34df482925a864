using System.Diagnostics;
using Newtonsoft.Json.Linq;

namespace Ledger.CrashTests.Commands;

/// <summary><c>ledger doctor</c> on real directories.</summary>
[Collection(DriveTests.Name)]
public sealed class DoctorTests(SharedDrive shared) : IDisposable
{
    private static readonly string[] Names =
    [
        "fileSystem", "ledger", "permissions", "space", "exclusivity", "appends", "visibilityDelay", "clockGranularity", "watcher",
        "heartbeat", "whoElse",
    ];

    private readonly CommandLedger temp = new();

    public void Dispose() => temp.Dispose();

    [Fact]
    public async Task An_empty_directory_can_be_shared_and_nothing_is_left_in_it()
    {
        // A doctor that was killed left this one.
        var left = Directory.CreateDirectory(Path.Combine(temp.Path, ".ledger-doctor-0123456789abcdef", "sub")).Parent!;
        left.LastWriteTimeUtc -= TimeSpan.FromHours(1);
        var result = await temp.RunAsync("doctor", "--json");
        Assert.Equal((0, ""), (result.Code, result.Error));
        var json = JObject.Parse(result.Output);
        Assert.Equal(temp.Path, (string?)json["path"]);
        Assert.Equal("append", (string?)json["log"]);
        Assert.Equal(Names, json["checks"]!.Select(c => (string?)c["name"]));
        Assert.All(json["checks"]!, c => Assert.True((bool)c["ok"]!, c.ToString()));
        Assert.Contains("one winner each", Detail(json, "exclusivity"), StringComparison.Ordinal);
        Assert.Empty(temp.Tree());
        // It is still fit to become a ledger.
        await temp.OpenAsync();

        var words = await temp.RunAsync("doctor");
        Assert.Equal(0, words.Code);
        Assert.Contains(words.Lines, line => line.StartsWith("Yes: by all processes of this machine", StringComparison.Ordinal));
        Assert.DoesNotContain('\u001b', words.Output);
        Assert.InRange(words.Lines.Length, Names.Length + 2, 24);
    }

    [NeedsFact(Requirement.Linux)]
    public async Task A_directory_without_permission_gets_a_whole_report_that_says_so()
    {
        Directory.CreateDirectory(temp.Path);
        var result = await temp.RunForbiddenAsync("doctor --json");

        Assert.Equal((1, ""), (result.Code, result.Error));
        var json = JObject.Parse(result.Output);
        Assert.Equal(Names, json["checks"]!.Select(c => (string?)c["name"]));
        Assert.Contains("permission denied", Detail(json, "permissions"), StringComparison.Ordinal);
        Assert.Contains("no ledger can be read", Detail(json, "whoElse"), StringComparison.Ordinal);
    }

    [NeedsFact(Requirement.SharedMemory)]
    public async Task Shared_memory_is_a_local_disk()
    {
        var directory = Path.Combine("/dev/shm", $"ledger-test-{Guid.NewGuid():N}");
        Directory.CreateDirectory(directory);
        try
        {
            var result = await temp.RunAsync("doctor", "--json", "--ledger", directory);
            Assert.True(result.Code == 0, result.Output);
            Assert.Equal("tmpfs", (string?)JObject.Parse(result.Output)["fileSystem"]);
            Assert.Empty(Directory.GetFileSystemEntries(directory));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task Beside_participants_it_disturbs_nobody_and_names_them()
    {
        var ledger = await temp.OpenAsync();
        await using var participant = await ledger.JoinAsync("neighbour");
        await using var operation = await participant.CreateOperationAsync("op");
        await Eventually.True(() => File.Exists(Path.Combine(temp.Path, "operations", "op.json")), "its file, which has another name at first");
        var before = temp.Tree().Where(path => !path.EndsWith(".json", StringComparison.Ordinal)).ToList();
        var json = JObject.Parse((await temp.RunAsync("doctor", "--json")).Output);
        Assert.Contains("1 alive (neighbour on ", Detail(json, "whoElse"), StringComparison.Ordinal);
        Assert.Contains(ledger.Manifest.LedgerId, Detail(json, "ledger"), StringComparison.Ordinal);
        Assert.Equal(before, temp.Tree().Where(path => !path.EndsWith(".json", StringComparison.Ordinal)));
        await operation.CompleteAsync();
    }

    [Fact]
    public async Task A_threshold_that_is_shorter_than_the_drive_asks_for_is_not_well()
    {
        await temp.OpenAsync(o => o with { HeartbeatInterval = TimeSpan.FromMilliseconds(20), StalenessThreshold = TimeSpan.FromMilliseconds(60) });
        var manifest = Path.Combine(temp.Path, "ledger.json");
        var text = await File.ReadAllTextAsync(manifest);
        await File.WriteAllTextAsync(manifest, text.Replace("\"heartbeatIntervalMs\": 20", "\"heartbeatIntervalMs\": 1", StringComparison.Ordinal)
            .Replace("\"stalenessThresholdMs\": 60", "\"stalenessThresholdMs\": 1", StringComparison.Ordinal));
        var result = await temp.RunAsync("doctor");
        Assert.Equal(1, result.Code);
        Assert.Contains(result.Lines, line => line.StartsWith("No, not as it is (heartbeat)", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_no_directory_cannot_be_examined(bool isFile)
    {
        if (isFile) await File.WriteAllTextAsync(temp.Path, "");
        var result = await temp.RunAsync("doctor");
        Assert.Equal(3, result.Code);
        Assert.Contains(temp.Path, result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [ReadOnlyMountFact]
    public async Task A_read_only_directory_is_examined_as_far_as_it_goes()
    {
        await temp.OpenAsync();
        var result = await temp.RunReadOnlyAsync("doctor --json");
        Assert.Equal(1, result.Code);
        var json = JObject.Parse(result.Output);
        Assert.Equal(Names, json["checks"]!.Select(c => (string?)c["name"]));
        Assert.Contains("read-only", Detail(json, "permissions"), StringComparison.OrdinalIgnoreCase);
        Assert.False(IsOk(json, "permissions") || IsOk(json, "exclusivity"));
        Assert.True(IsOk(json, "ledger"));
    }

    [Fact]
    public async Task A_directory_with_something_else_in_it_or_that_others_may_write_to_is_told()
    {
        Directory.CreateDirectory(temp.Path);
        await File.WriteAllTextAsync(Path.Combine(temp.Path, "letter"), "");
        Assert.Equal(0, Ledger.Platform.Libc.ChangeMode(temp.Path, 0x1ff));
        var result = await temp.RunAsync("doctor");
        Assert.Equal(1, result.Code);
        Assert.Contains("it holds 'letter'", result.Output, StringComparison.Ordinal);
        Assert.Contains("chmod 700", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interrupted_it_leaves_neither_files_nor_processes()
    {
        Directory.CreateDirectory(temp.Path);
        var result = await InterruptedAsync();
        // On a busy machine it may be over before it was seen at it.
        for (var tries = 0; result.Code == 0 && tries < 20; tries++) result = await InterruptedAsync();
        Assert.Equal(130, result.Code);
        Assert.Empty(temp.Tree());
        Assert.DoesNotContain(Directory.GetDirectories("/proc").Where(d => int.TryParse(Path.GetFileName(d), out _)), Mentions);

        async Task<CommandResult> InterruptedAsync()
        {
            using var process = temp.Start("doctor");
            await Eventually.True(() => temp.Tree().Length >= 3 || process.HasExited, "its files");
            _ = Ledger.Platform.Libc.Kill(process.Id, Ledger.Platform.Signals.Int);
            return await CommandLedger.EndAsync(process);
        }

        bool Mentions(string directory)
        {
            try
            {
                return File.ReadAllText(Path.Combine(directory, "cmdline")).Contains(temp.Path, StringComparison.Ordinal);
            }
            catch (IOException)
            {
                return false;
            }
        }
    }

    [NeedsFact(Requirement.NetworkDrive)]
    public async Task A_network_drive_is_examined_through_both_of_its_mounts()
    {
        var (throughA, throughB, atServer) = shared.Drive!.NewDirectory();
        var result = await temp.RunAsync("doctor", "--json", "--ledger", throughA, "--also", throughB);
        Assert.Equal((0, ""), (result.Code, result.Error));
        var json = JObject.Parse(result.Output);
        Assert.Equal("chain", (string?)json["log"]);
        Assert.StartsWith("FUSE", (string?)json["fileSystem"], StringComparison.Ordinal);
        Assert.Contains("not tried", Detail(json, "appends"), StringComparison.Ordinal);
        Assert.Contains("polled", Detail(json, "watcher"), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(atServer));
        var words = await temp.RunAsync("doctor", "--ledger", throughA, "--also", shared.Drive.NewDirectory().ThroughB);
        Assert.Equal(2, words.Code);
        Assert.Contains("another directory", words.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(atServer));
    }

    [NeedsFact(Requirement.NetworkDrive)]
    public async Task An_append_log_that_is_reached_over_the_network_is_told_with_the_remedy()
    {
        var (throughA, _, atServer) = shared.Drive!.NewDirectory();
        await LedgerDirectory.OpenAsync(new LedgerOptions { Path = atServer });
        var result = await temp.RunAsync("doctor", "--ledger", throughA);
        Assert.Equal(1, result.Code);
        Assert.Contains(result.Lines, line => line.StartsWith("No, not as it is (fileSystem)", StringComparison.Ordinal)
            && line.Contains("Make a new ledger in an empty directory on this drive", StringComparison.Ordinal));
    }

    [NeedsFact(Requirement.NetworkDrive)]
    public async Task Participants_of_other_machines_are_alive_when_their_records_change()
    {
        await using var l = await RealLedger.CreateAsync(ground: Ground.On(shared.Drive!) with { SeparateHosts = true });
        await l.StartAsync("far", way: 1);
        var frozen = await l.StartAsync("still", way: 1);
        frozen.Stop();
        var json = JObject.Parse((await temp.RunAsync("doctor", "--json", "--ledger", l.Path)).Output);
        Assert.Contains("1 alive (far on host-1)", Detail(json, "whoElse"), StringComparison.Ordinal);
        Assert.Contains("1 unknown (still on host-2)", Detail(json, "whoElse"), StringComparison.Ordinal);
        frozen.Continue();
    }

    private static string Detail(JObject json, string name) => (string)Of(json, name)["detail"]!;

    private static bool IsOk(JObject json, string name) => (bool)Of(json, name)["ok"]!;

    private static JToken Of(JObject json, string name) => json["checks"]!.Single(c => (string?)c["name"] == name);
}
