using Ledger.Model;

namespace Ledger.Testing.Simulation.Features;

/// <summary>Collections run at any time; at the end one runs on every host, and the ledger is verified.</summary>
internal sealed class UpkeepFeature : SimulationFeature
{
    private TimeSpan? overSince;
    private bool isCollecting;
    private int collected;

    public override string Name => "upkeep";

    public override IReadOnlyList<(string Verb, int Weight)> Verbs => [("collect", 2)];

    public override void Take(SimulationWorld world, SimulationStep step)
    {
        if (world.Who(step) is { } actor) world.Do(actor, "collect", () => actor.Process.Participant.CollectAsync());
    }

    public override string? Unfinished(SimulationWorld world)
    {
        var isOver = world.Reference.Operations.All(o => o.IsTerminal && world.Reference.IsArchived(o.Id) && o.Unconfirmed.Count == 0);
        if (!isOver) return null; // others say so
        // A host with a stale view does not see yet what another has just archived: that is the next collection's.
        overSince ??= world.Now;
        if (world.Now - overSince <= HostsFeature.MostStale) return "a view that may be stale";
        if (!isCollecting) Collect(world);
        return collected < world.Hosts.Count ? $"{world.Hosts.Count - collected} collections at the end" : null;
    }

    public override void Judge(SimulationWorld world)
    {
        foreach (var report in Verification.VerifyAll(world.Ledger.Directory))
            world.Require(report.Ok, $"verify finds in {report.OperationId}: {string.Join("; ", report.Bad)}");
    }

    /// <summary>One after the other by a fresh process on each host.</summary>
    private void Collect(SimulationWorld world)
    {
        isCollecting = true;
        foreach (var host in world.Hosts)
        {
            if (world.Start($"collector-{host}", host) is not { } actor) continue;
            world.Do(actor, "collect at the end", async () =>
            {
                var report = await actor.Process.Participant.CollectAsync().ConfigureAwait(false);
                world.Require(report.Problems.IsEmpty, $"a collection in peace has problems: {string.Join("; ", report.Problems)}");
                collected++;
            });
        }
    }
}
