using System.Threading.Channels;
using Ledger.Cli.Run;

namespace Ledger.Cli.Groups;

/// <summary>The signals that ask a wrapper to end, one after another.</summary>
internal sealed class Asked
{
    private readonly Channel<int> came = Channel.CreateUnbounded<int>();
    private Task? next;

    public Asked(PassedSignals signals) => signals.PassTo(signal => came.Writer.TryWrite(signal));

    /// <summary>Completes when one has come that was not waited for before.</summary>
    public Task Next() => next is { IsCompleted: false } waiting ? waiting : next = came.Reader.ReadAsync().AsTask();
}
