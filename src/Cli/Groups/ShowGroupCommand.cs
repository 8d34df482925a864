using System.CommandLine;
using Ledger.Cli.Commands;
using Ledger.Cli.Shared;
using Ledger.Model;

namespace Ledger.Cli.Groups;

/// <summary><c>ledger group</c>: the orchestrator, the supervisors as a dependency tree, what waits for what.</summary>
internal static class ShowGroupCommand
{
    private static readonly Argument<string?> Group = GroupArguments.OptionalGroup();
    private static readonly Option<bool> Watch = new("--watch") { Description = "Draw it again at each change, until Ctrl-C. On a terminal." };

    public static Command Create() => new Command("group", "Show a group: who orchestrates, what runs, what waits for what.")
        {
            Group,
            Watch,
        }
        .Does(RunAsync)
        .WithExamples(
            "ledger group                   the only group, or the list of them",
            "ledger group shop --watch      live",
            "ledger group shop --json | jq '.supervisors[] | {supervisorId, state, reason}'");

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var ledger = await invocation.OpenAsync(cancellationToken);
        var id = invocation.Get(Group) is { } given ? Identifier.Require(given, "group id") : Only(ledger, invocation);
        if (id is null) return ExitCodes.Done;
        if (invocation.Json) invocation.Output.Line(GroupGlance.Take(ledger, id).Json());
        else if (invocation.IsTerminal && invocation.Get(Watch)) await WatchAsync(invocation, ledger, id, cancellationToken);
        else if (invocation.IsTerminal) invocation.Output.Console.Write(View(invocation, ledger, id).Draw());
        else foreach (var line in View(invocation, ledger, id).Plain()) invocation.Output.Line(line);
        return ExitCodes.Done;
    }

    /// <summary>The group if there is but one; else lists them and returns null.</summary>
    private static string? Only(LedgerDirectory ledger, Invocation invocation)
    {
        var all = ledger.ListGroups();
        if (all.Count == 1) return all[0];
        if (all.Count == 0) invocation.Output.Note($"no groups in {ledger.Path}");
        foreach (var id in all) invocation.Output.Line(invocation.Json ? JsonLines.Object(w => w.Nullable("groupId", id)) : id);
        return null;
    }

    private static Task WatchAsync(Invocation invocation, LedgerDirectory ledger, string id, CancellationToken cancellationToken) =>
        LiveView.DrawAsync(invocation, ledger, () => Task.FromResult((View(invocation, ledger, id).Draw(), false)), cancellationToken);

    private static GroupView View(Invocation invocation, LedgerDirectory ledger, string id) =>
        GroupGlance.Take(ledger, id).View(invocation.Time.GetUtcNow());
}
