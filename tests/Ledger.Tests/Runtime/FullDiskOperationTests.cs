using Ledger.Model;
using Ledger.Tests.Platform;

namespace Ledger.Tests.Runtime;

/// <summary>A participant whose disk is full: it is told why, loses nothing, and goes on by itself once there is
/// room.</summary>
public sealed class FullDiskOperationTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [MountFact]
    public async Task What_was_acknowledged_stays_and_work_goes_on_when_there_is_room()
    {
        using var disk = new SmallDisk();
        var path = Path.Combine(disk.Root, "ledger");
        var ledger = await LedgerDirectory.OpenAsync(new LedgerOptions { Path = path });
        var acknowledged = new Dictionary<string, long>();
        await using (var participant = await ledger.JoinAsync("writer"))
        {
            await using var operation = await participant.CreateOperationAsync("op");
            disk.Fill("ballast");
            var (told, open) = await FillLogAsync(operation, acknowledged);
            Assert.Contains("no space left on device", told.Message, StringComparison.Ordinal);
            Assert.Contains(path, told.Message, StringComparison.Ordinal);

            File.Delete(Path.Combine(disk.Root, "ballast"));
            var after = await operation.StartCallAsync("after");
            await after.EndAsync();
            acknowledged["after"] = after.FencingToken;
            if (open is not null) await EndAsync(open);
            // A call whose start was of unknown outcome when it failed is given back, not left on the stack.
            using var bound = new CancellationTokenSource(Bound);
            await operation.WaitForEmptyStackAsync(bound.Token);
            await operation.CompleteAsync();
        }
        var started = new Dictionary<string, long>();
        await foreach (var change in ledger.StateChanges("op", follow: false))
        {
            if (change is { Outcome.Accepted: true, Entry.Data: CallStarted s }) started[s.CallId] = change.Position;
        }
        Assert.All(acknowledged, a => Assert.Equal(a.Value, started[a.Key]));
        Assert.True(Verification.Verify(ledger, "op").Ok);
    }

    /// <summary>Writes until it is refused; with the call that is open then.</summary>
    private static async Task<(LedgerStorageException Told, Call? Open)> FillLogAsync(
        Operation operation, Dictionary<string, long> acknowledged)
    {
        // Within one page of the file more fits than the full disk lets on.
        for (var i = 0; ; i++)
        {
            Call? call = null;
            try
            {
                call = await operation.StartCallAsync($"c{i}");
                acknowledged[call.CallId] = call.FencingToken;
                await call.EndAsync();
            }
            catch (LedgerStorageException e)
            {
                return (e, call);
            }
        }
    }

    private static async Task EndAsync(Call call)
    {
        try
        {
            await call.EndAsync();
        }
        catch (ProposalRejectedException)
        {
            // The first try had reached the log after all.
        }
    }
}
