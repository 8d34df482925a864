using System.Buffers;
using System.Collections.Immutable;
using Ledger.Log;
using Ledger.Model;
using Ledger.Platform;
using Newtonsoft.Json.Linq;
using OperationStatus = Ledger.Model.OperationStatus;

namespace Ledger.CrashTests.Commands;

public sealed class GcTests : IDisposable
{
    private static readonly ProcessIdentity Elsewhere = new("far-away", "another-boot", "pids", "mounts", "0", 7, "7");

    private readonly CommandLedger temp = new();

    public void Dispose() => temp.Dispose();

    [Fact]
    public async Task What_everybody_was_killed_in_ends_as_abandoned_and_is_cleaned()
    {
        await temp.OpenAsync();
        var cli = await temp.ParticipantAsync("cli");
        var bridge = await temp.ParticipantAsync("bridge", "cli");
        CommandLedger.Signal(bridge, Signals.Stop);
        foreach (var process in new[] { cli, bridge })
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
        Assert.Equal(2, Directory.GetFiles(Path.Combine(temp.Root, "files")).Length);
        var show = await temp.RunAsync("show", "demo");
        Assert.Contains("'ledger gc' ends it", show.Output, StringComparison.Ordinal);

        var result = await temp.RunAsync("gc", "--json");
        Assert.Equal(0, result.Code);
        Assert.Empty(result.Error);
        var json = JObject.Parse(result.Output);
        Assert.Equal("demo", (string?)json["ended"]!.Single()["operationId"]);
        Assert.Equal("failed", (string?)json["ended"]![0]!["state"]);
        Assert.Equal("abandoned", (string?)json["ended"]![0]!["cause"]!["type"]);
        Assert.Equal(["demo"], json["archived"]!.Values<string>());
        Assert.Empty(Directory.GetFiles(Path.Combine(temp.Root, "files")));
        Assert.Empty(Directory.GetFiles(Path.Combine(temp.Path, "participants")));
        var after = JObject.Parse((await temp.RunAsync("show", "demo", "--json")).Output);
        Assert.True((bool)after["archived"]!);
        Assert.Equal("abandoned", (string?)after["cause"]!["type"]);
        Assert.Contains("nothing to collect", (await temp.RunAsync("gc")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_somebody_alive_takes_part_in_is_left_alone()
    {
        var ledger = await temp.OpenAsync();
        await using var participant = await ledger.JoinAsync("cli");
        await using var operation = await participant.CreateOperationAsync("op");
        await operation.StartCallAsync("a");
        var json = JObject.Parse((await temp.RunAsync("gc", "--json")).Output);
        Assert.Equal(["op"], json["alive"]!.Values<string>());
        Assert.Empty(json["ended"]!);
        Assert.Equal(OperationStatus.Running, ledger.Read("op").Status);
    }

    [Fact]
    public async Task Where_the_kernel_has_no_word_it_observes_and_says_so()
    {
        await temp.OpenAsync(o => o with
        {
            HeartbeatInterval = TimeSpan.FromMilliseconds(100),
            StalenessThreshold = TimeSpan.FromMilliseconds(500),
        });
        Write("far", Entry(1, "remote", new OperationCreated("far", 1, Elsewhere, null)),
            Entry(2, "remote", new CallStarted("c", null) { Resources = [new Resource(ResourceKind.File, "/far/away")] }));
        Assert.Equal("unknown", await LivenessAsync("show", "far", "--json"));
        Assert.Equal("dead", await LivenessAsync("show", "far", "--json", "--observe", "60s"));

        var result = await temp.RunAsync("gc", "--json");
        Assert.Contains("observing 1 operation for 0.7 s", result.Error, StringComparison.Ordinal);
        var json = JObject.Parse(result.Output);
        Assert.Equal("abandoned", (string?)json["ended"]!.Single()["cause"]!["type"]);
        var show = JObject.Parse((await temp.RunAsync("show", "far", "--json")).Output);
        Assert.Contains("far-away", (string?)show["leftBehind"]!.Single()["why"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_others_left_behind_on_this_host_is_finished_from_the_backup()
    {
        await temp.OpenAsync();
        var (mine, shared) = (Path.Combine(temp.Root, "mine"), Path.Combine(temp.Root, "shared"));
        await File.WriteAllTextAsync(mine, "left");
        await File.WriteAllTextAsync(shared, "a result");
        var here = HostIdentity.Current() with { Pid = 1 << 29 };
        ImmutableArray<LeftBehind> left = [Left(mine), Left(shared)];
        Write("op", Entry(1, "cli", new OperationCreated("op", 1, here, null)),
            Entry(2, "cli", new CallStarted("b", null) { Resources = [Path1(shared)] }),
            Entry(3, "cli", new CallEnded("b", 2)),
            Entry(4, "cli", new CallStarted("a", null) { Resources = [Path1(mine), Path1(shared)] }),
            Entry(1, "far", new ParticipantJoined(Elsewhere)),
            Entry(2, "far", new CrashDetected("cli", "cli!", EvidenceType.HeartbeatStale, 9000, 5, ["a"], [4])),
            Entry(3, "far", new FrameCleanedUp("a", 4, 2, null, left)));

        var json = JObject.Parse((await temp.RunAsync("gc", "--json")).Output);
        Assert.Equal(["op"], json["archived"]!.Values<string>());
        Assert.Equal(mine, (string?)json["cleaned"]!.Single()["resource"]!["path"]);
        Assert.False(File.Exists(mine));
        Assert.True(File.Exists(shared), "another call had registered it too, and was free to leave it");

        static Resource Path1(string path) => new(ResourceKind.File, path);
        static LeftBehind Left(string path) => new("a", Path1(path), "out of reach", "cli!");
    }

    [Fact]
    public async Task Leftovers_are_swept_when_they_are_old_and_only_then()
    {
        var ledger = await temp.OpenAsync();
        await using var participant = await ledger.JoinAsync("cli");
        await using var operation = await participant.CreateOperationAsync("op");
        var operations = Path.Combine(temp.Path, "operations");
        var old = new[] { Path.Combine(operations, ".0123456789abcdef.tmp"), Path.Combine(operations, "over.json"), Path.Combine(temp.Path, "temp", "clock~1") };
        var young = Path.Combine(operations, ".fedcba9876543210.tmp");
        foreach (var file in old.Append(young)) await File.WriteAllTextAsync(file, "");
        foreach (var file in old)
        {
            try
            {
                File.SetLastWriteTimeUtc(file, File.GetLastWriteTimeUtc(file).AddMinutes(-10));
            }
            catch (FileNotFoundException) when (file == old[1])
            {
                // A state without a log: the participant's housekeeping has swept it already.
            }
        }
        var chain = Directory.CreateDirectory(Path.Combine(operations, "never-began.log")).FullName;
        Directory.SetLastWriteTimeUtc(chain, Directory.GetLastWriteTimeUtc(chain).AddMinutes(-10));
        var orphan = Directory.CreateDirectory(Path.Combine(temp.Path, "temp", "gone", "call")).Parent!.FullName;
        var used = Directory.CreateDirectory(Path.Combine(temp.Path, "temp", "op", "call")).FullName;

        var json = JObject.Parse((await temp.RunAsync("gc", "--json")).Output);
        // Three, where that came first.
        Assert.InRange((int)json["leftovers"]!, 3, 4);
        Assert.Equal(1, (int)json["temporaries"]!);
        Assert.All(old, file => Assert.False(File.Exists(file), file));
        Assert.False(Directory.Exists(chain));
        Assert.False(Directory.Exists(orphan));
        Assert.True(Directory.Exists(used));
        Assert.True(File.Exists(young));
        Assert.Equal(OperationStatus.Running, ledger.Read("op").Status);
    }

    private async Task<string?> LivenessAsync(params string[] command) =>
        (string?)JObject.Parse((await temp.RunAsync(command)).Output)["stack"]![0]!["liveness"];

    private static Entry Entry(long sequence, string participant, EntryData data) =>
        new("n0nce", sequence, participant, participant + "!", "2026-01-01T00:00:00.000Z", data);

    /// <summary>A log as others would have written it.</summary>
    private void Write(string operationId, params Entry[] entries)
    {
        var record = new ArrayBufferWriter<byte>();
        foreach (var entry in entries) EntryCodec.Write(record, entry);
        File.WriteAllBytes(Path.Combine(temp.Path, "operations", operationId + ".log.jsonl"), record.WrittenSpan.ToArray());
    }
}
