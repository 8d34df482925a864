using Ledger.Cli.Rendering;
using Ledger.Cli.Shared;
using Spectre.Console;

namespace Ledger.Cli.Commands;

/// <summary>Prints one operation's entries, a line each.</summary>
internal sealed class EventPrinter(Invocation invocation)
{
    private readonly EventLines lines = new();

    public int Count { get; private set; }

    public void Print(StateChange change)
    {
        Count++;
        if (invocation.Json)
        {
            invocation.Output.Line(EventLines.Json(change));
            return;
        }
        var line = lines.Next(change);
        if (invocation.IsTerminal) invocation.Output.Console.MarkupLine(line.MarkupText);
        else invocation.Output.Line(line.Plain);
    }
}
