using Ledger.Cli.Rendering;
using Ledger.Cli.Shared;
using Ledger.Model;
using Ledger.Runtime;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Ledger.Cli.Commands;

/// <summary>Views that are drawn again and again in place.</summary>
internal static class LiveView
{
    /// <summary>Ages count on without any change.</summary>
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(500);

    private const int LatestEvents = 6;

    /// <summary>One operation, until it has ended.</summary>
    public static async Task OperationAsync(
        Invocation invocation, LedgerDirectory ledger, string id, CancellationToken cancellationToken)
    {
        var events = new EventLines();
        var latest = new Queue<Line>();
        using var reader = new FoldReader(ledger.OpenLog(id));
        await DrawAsync(invocation, ledger, async () =>
        {
            var glance = await Glance.TakeAsync(ledger, id, null, cancellationToken);
            // Behind the state, so that the last view has the entry that ended it.
            reader.Read(a =>
            {
                latest.Enqueue(events.Next(new StateChange(a.Entry, a.Outcome, a.State)));
                if (latest.Count > LatestEvents) latest.Dequeue();
            });
            var rows = new List<IRenderable> { glance.View(invocation.Time.GetUtcNow()).Draw(), new Text("") };
            rows.Add(new Markup("[bold]Latest entries[/]"));
            rows.AddRange(latest.Select(l => new Padder(l.Markup, new Padding(2, 0, 0, 0))));
            return (new Rows(rows), glance.State.IsTerminal);
        }, cancellationToken);
    }

    /// <summary>The list, until Ctrl-C.</summary>
    public static Task ListAsync(Invocation invocation, LedgerDirectory ledger, CancellationToken cancellationToken) =>
        DrawAsync(invocation, ledger, () =>
        {
            var most = Math.Max(5, invocation.Output.Console.Profile.Height - 4);
            var operations = OperationTable.Sort(ledger.List());
            IRenderable view = OperationTable.Draw([.. operations.Take(most)], invocation.Time.GetUtcNow());
            if (operations.Count > most) view = new Rows(view, new Markup($"[grey]and {operations.Count - most} more[/]"));
            if (operations.Count == 0) view = new Markup("[grey]no operations yet; waiting. Ctrl-C ends.[/]");
            return Task.FromResult((view, false));
        }, cancellationToken);

    /// <summary>Draws again at each change, and from time to time.</summary>
    public static async Task DrawAsync(Invocation invocation, LedgerDirectory ledger,
        Func<Task<(IRenderable View, bool IsLast)>> draw, CancellationToken cancellationToken)
    {
        var (next, watch) = LogFollower.Wakes(ledger.Context, Redraw);
        using (watch) await DrawAsync(invocation.Output.Console, next, draw, cancellationToken);
    }

    /// <summary>As above; <paramref name="next"/> begins to wait for a change.</summary>
    public static async Task DrawAsync(
        IAnsiConsole console, Func<Task> next, Func<Task<(IRenderable View, bool IsLast)>> draw, CancellationToken cancellationToken)
    {
        while (true)
        {
            var widest = 0;
            var hasEnded = false;
            await console.Live(new Text("")).AutoClear(false).Overflow(VerticalOverflow.Ellipsis).StartAsync(async live =>
            {
                while (!hasEnded && console.Profile.Width >= widest)
                {
                    widest = console.Profile.Width;
                    var wake = next();
                    var (view, isLast) = await draw();
                    live.UpdateTarget(view);
                    hasEnded = isLast;
                    if (!isLast) await wake.WaitAsync(cancellationToken);
                }
            });
            if (hasEnded) return;
            // A live display fills its lines up to the widest it has drawn: in a terminal that has become narrower they would
            // wrap, for ever. What is on the screen has been wrapped by the terminal, in its own way.
            console.Clear();
        }
    }
}
