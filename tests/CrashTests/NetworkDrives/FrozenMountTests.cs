using System.Globalization;
using Ledger.Model;

namespace Ledger.CrashTests.NetworkDrives;

/// <summary>One of two mounts of a network drive freezes, and comes back: whoever used it is declared crashed by those on the
/// other one, and changes nothing any more.</summary>
[Collection(DriveTests.Name)]
public sealed class FrozenMountTests(SharedDrive shared)
{
    private const int A = 0, B = 1;

    private Ground Ground => Ground.On(shared.Drive!) with { SeparateHosts = true };

    [NeedsFact(Requirement.NetworkDrive)]
    public async Task The_others_take_over_and_the_returning_participant_is_fenced()
    {
        await using var l = await RealLedger.CreateAsync(ground: Ground);
        var cli = await l.StartAsync("cli", way: B);
        var bridge = await l.StartAsync("bridge", way: A);
        var code = await l.StartAsync("code", way: B);
        await cli.DoAsync("create op");
        await cli.DoAsync("call cli");
        await bridge.DoAsync("join op");
        await bridge.DoAsync("call bridge caller=cli");
        await code.DoAsync("join op");
        await code.DoAsync("call code caller=bridge");
        var before = 0;
        using (shared.Drive!.A.Frozen())
        {
            Assert.Equal("cleanup code participantCrashed", await code.HearAsync("cleanup"));
            Assert.Equal("terminal op failed participantCrashed", await cli.HearAsync("terminal"));
            // It waits for the drive in the middle of a beat, and is told all the same.
            await bridge.HearAsync("isolated");
            before = (await l.HistoryAsync("op", way: B)).Count;
        }
        await bridge.HearAsync("told bridge", "cleanup bridge");
        await bridge.SendAsync("end bridge");
        Assert.Contains("FencedException", await bridge.HearAsync("error end", "ok end"), StringComparison.Ordinal);
        var history = await l.HistoryAsync("op");
        Assert.DoesNotContain(history.Skip(before), h => h.Outcome.Accepted);
        AssertOnlyAccused(history, "bridge");
        await bridge.DoAsync("create other");
        await bridge.DoAsync("complete");
    }

    [NeedsFact(Requirement.NetworkDrive)]
    public async Task What_was_being_written_when_it_froze_is_in_the_order_or_void_and_nothing_acknowledged_is_lost()
    {
        await using var l = await RealLedger.CreateAsync(ground: Ground);
        var cli = await l.StartAsync("cli", way: B);
        var writer = await l.StartAsync("writer", way: A);
        var other = await l.StartAsync("other", way: B);
        await cli.DoAsync("create op");
        await writer.DoAsync("join op");
        await other.DoAsync("join op");
        await writer.SendAsync("write w 100000");
        await other.SendAsync("write o 40");
        for (var i = 0; i < 20; i++) await writer.HearAsync("acked");
        using (shared.Drive!.A.Frozen())
        {
            // Nobody's write blocks anybody else's.
            await other.HearAsync("ok write");
            await DeclaredAsync(l, "writer");
        }
        Assert.Contains("FencedException", await writer.HearAsync("error write"), StringComparison.Ordinal);
        await cli.DoAsync("abort enough");
        await cli.HearAsync("terminal");
        var history = await l.HistoryAsync("op");
        AssertOnlyAccused(history, "writer");
        var positions = history.Where(h => h is { Type: EntryType.CallStarted, Outcome.Accepted: true })
            .ToDictionary(h => ((CallStarted)h.Entry.Data).CallId, h => h.Position);
        var acknowledged = writer.Rest().Concat(other.Rest()).Where(line => line.StartsWith("acked ", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(acknowledged);
        Assert.All(acknowledged, line =>
            Assert.Equal(long.Parse(line.Split(' ')[2], CultureInfo.InvariantCulture), positions[line.Split(' ')[1]]));
        var crash = history.Single(h => h is { Type: EntryType.CrashDetected, Outcome.Accepted: true });
        Assert.DoesNotContain(history, h =>
            h.Position > crash.Position && h.Outcome.Accepted && h.Entry.Incarnation == writer.Incarnation);
    }

    internal static void AssertOnlyAccused(IEnumerable<StateChange> history, string participantId)
    {
        var accusation = Assert.Single(history, h => h is { Type: EntryType.CrashDetected, Outcome.Accepted: true });
        var data = (CrashDetected)accusation.Entry.Data;
        Assert.Equal((participantId, EvidenceType.HeartbeatStale), (data.ParticipantId, data.Evidence));
        Assert.True(data.StaleForMs >= 2000, $"declared after {data.StaleForMs} ms");
    }

    /// <summary>Waits, on the mount that answers, until a participant was declared crashed.</summary>
    internal static async Task DeclaredAsync(RealLedger l, string participantId)
    {
        using var bound = new CancellationTokenSource(WorkerProcess.Bound);
        var ledger = await l.OpenAsync(B);
        await foreach (var change in ledger.StateChanges("op", cancellationToken: bound.Token))
            if (change is { Outcome.Accepted: true, Entry.Data: CrashDetected c } && c.ParticipantId == participantId) return;
    }
}
