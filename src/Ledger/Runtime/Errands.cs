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
    /// <param name="key">What it is; for people, too.</param>
    /// <param name="work">The work.</param>
    /// <param name="isNeeded">For work that no rule plans again: whether it must be tried again after it failed.</param>
    /// <returns>True when it was started.</returns>
    public bool Start(string key, Func<Task> work, Func<bool>? isNeeded = null)
    {
        if (!running.TryAdd(key, true)) return false;
        core.Run(() => RunAsync(key, work, isNeeded));
        return true;
    }

    private async Task RunAsync(string key, Func<Task> work, Func<bool>? isNeeded)
    {
        try
        {
            while (!await TryAsync(key, work).ConfigureAwait(false) && !ended)
            {
                // A disk that is full now is full in a moment, too.
                var interval = TimeSpan.FromMilliseconds(core.Ledger.Manifest.HeartbeatIntervalMs);
                await Task.Delay(interval, core.Ledger.Clock.Provider).ConfigureAwait(false);
                if (ended || isNeeded?.Invoke() != true) return;
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // As for a member that was put out while it ended a program.
        }
        finally
        {
            running.TryRemove(key, out _);
        }
    }

    private async Task<bool> TryAsync(string key, Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
            return true;
        }
        catch (LedgerException e)
        {
            tell(key, e.Message);
            return false;
        }
    }
}
