using Ledger.Model;

namespace Ledger.CrashTests.NetworkDrives;

/// <summary>A mount is lost: at first every call fails, then an empty local directory lies in its place, then it is mounted
/// again.</summary>
public sealed class LostMountTests : IDisposable
{
    private const int A = 0, B = 1;

    private readonly SharedDrive shared = new();

    private NetworkDrive Drive => shared.Drive!;

    private Ground Ground => Ground.On(Drive) with { SeparateHosts = true };

    public void Dispose() => shared.Dispose();

    [NeedsFact(Requirement.NetworkDrive)]
    public async Task Nothing_is_made_or_concluded_without_it_and_afterwards_the_participant_is_fenced_and_goes_on()
    {
        await using var l = await RealLedger.CreateAsync(ground: Ground);
        var (cli, bridge) = await PairAsync(l);

        Drive.A.Lose();
        await bridge.SendAsync("call one");
        var error = await bridge.HearAsync("error call");
        Assert.Contains("LedgerStorageException", error, StringComparison.Ordinal);
        Assert.Contains("transport endpoint is not connected", error, StringComparison.Ordinal);
        Assert.Contains(Drive.A.Path, error, StringComparison.Ordinal);
        var refused = await Assert.ThrowsAsync<LedgerStorageException>(() => l.OpenAsync(A));
        Assert.Contains("transport endpoint is not connected", refused.Message, StringComparison.Ordinal);

        Drive.A.Unmount();
        await bridge.SendAsync("call two");
        Assert.Contains("LedgerStorageException", await bridge.HearAsync("error call"), StringComparison.Ordinal);
        await bridge.SendAsync("create other");
        Assert.Contains("unmounted", await bridge.HearAsync("error create"), StringComparison.Ordinal);
        await bridge.HearAsync("isolated");
        Assert.Equal("terminal op failed participantCrashed", await cli.HearAsync("terminal"));
        var before = (await l.HistoryAsync("op", way: B)).Count;
        Assert.Empty(Directory.GetFileSystemEntries(Drive.A.Path));

        Drive.A.Mount();
        await bridge.HearAsync("told bridge", "cleanup bridge");
        await bridge.HearAsync("terminal");
        var history = await l.HistoryAsync("op");
        FrozenMountTests.AssertOnlyAccused(history, "bridge");
        Assert.DoesNotContain(history.Skip(before), h => h.Outcome.Accepted);
        await bridge.DoAsync("create other");
        await bridge.DoAsync("complete");
    }

    [NeedsFact(Requirement.NetworkDrive)]
    public async Task A_short_loss_is_survived_by_itself()
    {
        await using var l = await RealLedger.CreateAsync(o => o with { StalenessThreshold = TimeSpan.FromMinutes(5) }, Ground);
        var (cli, bridge) = await PairAsync(l);
        Drive.A.Lose();
        await bridge.SendAsync("call one caller=bridge");
        await bridge.HearAsync("error call");
        Drive.A.Unmount();
        await bridge.SendAsync("call two caller=bridge");
        await bridge.HearAsync("error call");
        Drive.A.Mount();
        await bridge.DoAsync("call three caller=bridge");
        await bridge.DoAsync("end three");
        await bridge.DoAsync("end bridge");
        await cli.DoAsync("end cli");
        await cli.DoAsync("complete");
        Assert.Equal("terminal op completed -", await bridge.HearAsync("terminal"));
        Assert.DoesNotContain(await l.HistoryAsync("op"), h => h.Type == EntryType.CrashDetected);
    }

    private static async Task<(WorkerProcess Cli, WorkerProcess Bridge)> PairAsync(RealLedger l)
    {
        var cli = await l.StartAsync("cli", way: B);
        var bridge = await l.StartAsync("bridge", way: A);
        await cli.DoAsync("create op");
        await cli.DoAsync("call cli");
        await bridge.DoAsync("join op");
        await bridge.DoAsync("call bridge caller=cli");
        return (cli, bridge);
    }
}
