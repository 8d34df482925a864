using System.Collections.Concurrent;
using Ledger.Cli.Rendering;
using Ledger.Cli.Shared;
using Ledger.Model;
using Ledger.Runtime;

namespace Ledger.Cli.Commands;

/// <summary>The entries of all operations that are live or come, one a line, until Ctrl-C. In order within each
/// operation.</summary>
internal sealed class AllOperations(Invocation invocation, LedgerDirectory ledger)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<string, (FoldReader Reader, EventLines Lines)> open = new(StringComparer.Ordinal);
    private readonly HashSet<string> over = new(StringComparer.Ordinal);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var (next, watch) = LogFollower.Wakes(ledger.Context, Poll);
        try
        {
            while (true)
            {
                var wake = next();
                var live = ledger.Context.Logs.ListLive().ToHashSet(StringComparer.Ordinal);
                // An id can be used again once its history is pruned.
                over.IntersectWith(live);
                foreach (var id in live.Where(id => !open.ContainsKey(id) && !over.Contains(id))) Open(id);
                foreach (var id in open.Keys.ToList()) ReadOn(id);
                await wake.WaitAsync(cancellationToken);
            }
        }
        finally
        {
            watch?.Dispose();
            foreach (var (reader, _) in open.Values) reader.Dispose();
        }
    }

    private void Open(string id)
    {
        try
        {
            if (ledger.Context.Logs.TryOpen(id) is { } log) open[id] = (new FoldReader(log), new EventLines());
        }
        catch (LedgerException e)
        {
            over.Add(id);
            invocation.Output.Note($"'{id}' is left out: {e.Message}");
        }
    }

    private void ReadOn(string id)
    {
        var (reader, lines) = open[id];
        try
        {
            reader.Read(a => Print(new StateChange(a.Entry, a.Outcome, a.State), lines));
            if (reader.State is not { IsTerminal: true }) return;
        }
        catch (LedgerException e)
        {
            invocation.Output.Note($"'{id}' is left out from here on: {e.Message}");
        }
        over.Add(id);
        open.Remove(id);
        reader.Dispose();
    }

    private void Print(StateChange change, EventLines lines)
    {
        var line = invocation.Json ? EventLines.JsonWithOperation(change) : $"{change.State.OperationId}  {lines.Next(change).Plain}";
        invocation.Output.Line(line);
    }
}
