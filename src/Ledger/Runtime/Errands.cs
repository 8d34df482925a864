using System.Collections.Concurrent;
using Ledger.Model;

namespace Ledger.Runtime;

/// <summary>Work that may take long, apart from the tick, each kind once at a time. What fails is logged, and planned again
/// as long as it is needed.</summary>
/// <param name="core">Whose work.</param>
/// <param name="tell">Told what failed, and why.</param>
/// <param name="over">Fires when nobody needs any of it any more; what is cut off by it has not failed.</param>
internal sealed class Errands(ParticipantCore core, Action<string, string> tell, CancellationToken over = default)
{
    private readonly ConcurrentDictionary<string, bool> running = [];

    private volatile bool ended;

    /// <summary>From now on nobody plans anything again.</summary>
    public void End() => ended = true;

    /// <summary>Starts work, unless the same is under way.</summary>
    /// <returns>True when it was started.</returns>
    public bool Start(string key, Func<Task> work)
    {
        if (!running.TryAdd(key, true)) return false;
        core.Run(() => RunAsync(key, work));
        return true;
    }

    private async Task RunAsync(string key, Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // As for a member that was put out while it ended a program.
        }
        catch (LedgerException e)
        {
            tell(key, e.Message);
            // A disk that is full now is full in a moment, too.
            if (!ended)
            {
                var interval = TimeSpan.FromMilliseconds(core.Ledger.Manifest.HeartbeatIntervalMs);
                await Task.Delay(interval, core.Ledger.Clock.Provider).ConfigureAwait(false);
            }
        }
        finally
        {
            running.TryRemove(key, out _);
        }
    }
}
