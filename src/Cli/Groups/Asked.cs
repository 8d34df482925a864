using Ledger.Cli.Run;

namespace Ledger.Cli.Groups;

/// <summary>The signals that ask a wrapper to end, one after another.</summary>
internal sealed class Asked
{
    private readonly SemaphoreSlim came = new(0);
    private Task? next;

    public Asked(PassedSignals signals) => signals.PassTo(_ => came.Release());

    /// <summary>Completes when one has come that was not waited for before.</summary>
    public Task Next() => next is { IsCompleted: false } waiting ? waiting : next = came.WaitAsync();
}
