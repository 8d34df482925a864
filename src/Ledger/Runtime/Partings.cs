using System.Runtime.ExceptionServices;
using Ledger.Model;

namespace Ledger.Runtime;

/// <summary>Leaves one thing after another, whatever becomes of those before, and then throws what failed.</summary>
internal sealed class Partings
{
    private readonly List<Exception> failures = [];

    public async Task TryAsync(Func<Task> leave)
    {
        try
        {
            await leave().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // what cannot be left must not keep the rest from being left; it is thrown at the end
        catch (Exception e)
#pragma warning restore CA1031
        {
            failures.Add(e);
        }
    }

    /// <summary>Throws if anything failed: that itself, or all of it in one.</summary>
    public void Report()
    {
        if (failures.Count == 0) return;
        if (failures.Count == 1 || failures.TrueForAll(e => e is OperationCanceledException)) ExceptionDispatchInfo.Throw(failures[0]);
        throw new LedgerException(
            $"{failures.Count} groups and operations could not be left in good order: {string.Join("; ", failures.Select(e => e.Message))}",
            new AggregateException(failures));
    }
}
