using System.Runtime.CompilerServices;
using Ledger.Log;
using Ledger.Model;
using Ledger.Rules;

namespace Ledger.Runtime;

/// <summary>Streams one operation from its first entry on, with a reader of its own: nothing is missed or repeated, and a
/// slow consumer slows nobody.</summary>
internal static class LogFollower
{
    /// <summary>Entries behind <paramref name="after"/>, in order; live when <paramref name="next"/> is given: it completes
    /// when there may be something new. Ends at the terminal state.</summary>
    /// <param name="reader">Its own.</param>
    /// <param name="after">The position behind which to begin.</param>
    /// <param name="next">Gives the next wake-up.</param>
    /// <param name="again">When to look again, woken or not, for who has read up to a position; null: need not.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async IAsyncEnumerable<StateChange> Follow(FoldReader reader, long after, Func<Task>? next,
        Func<long, Task?>? again, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var closing = reader;
        var batch = new List<Applied>();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // Taken before reading, so that a change during it wakes the wait below.
            var wake = next?.Invoke();
            batch.Clear();
            reader.Read(batch.Add);
            foreach (var a in batch.Where(a => a.Outcome.Position > after))
                yield return new StateChange(a.Entry, a.Outcome, a.State);
            if (wake is null || reader.State is { IsTerminal: true }) yield break;
            if (!wake.IsCompleted && again?.Invoke(reader.State?.Position ?? 0) is { } look) wake = Task.WhenAny(wake, look);
            await wake.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A wake-up for a reader that is no participant: the system's change events, and a look every
    /// <paramref name="poll"/> beneath them.</summary>
    public static (Func<Task> Next, IDisposable? Watch) Wakes(LedgerContext ledger, TimeSpan poll)
    {
        var pulse = new Pulse(!ledger.Clock.IsSystem);
        var watch = ledger.LogsAreDirectories
            ? null : ledger.Events?.WatchDirectory(ledger.Layout.Operations, _ => pulse.Fire());
        return (() => Task.WhenAny(pulse.Next, Task.Delay(poll, ledger.Clock.Provider)), watch);
    }
}
