using Ledger.Model;
using Ledger.Testing.Simulation.Reference;

namespace Ledger.Testing.Simulation.Features;

/// <summary>Nobody is declared crashed without a reason that could be seen from outside.</summary>
internal sealed class EvidenceFeature : SimulationFeature
{
    /// <summary>What an observer may have seen late: a stale view, its own period, the jitter of beats.</summary>
    private static TimeSpan Spare => HostsFeature.MostStale + TimeSpan.FromMilliseconds(1_200);

    public override string Name => "evidence";

    public override IReadOnlyList<(string Verb, int Weight)> Verbs => [];

    public override void Begin(SimulationWorld world) => world.Reference.OnEntry += (o, e) => Judge(world, o, e);

    public override void Take(SimulationWorld world, SimulationStep step) { }

    private static void Judge(SimulationWorld world, ReferenceOperation o, ReferenceEntry e)
    {
        if (!e.Accepted) return;
        switch (e.Data)
        {
            case CrashDetected { AboutFrames: false } d:
                RequireDead(world, d.Accused, d.Evidence);
                break;
            case CrashDetected d:
                foreach (var token in d.FencingTokens) Hung(world, o, o.Frames[token], d.Evidence);
                break;
            case SupervisorDied { Token: null } d:
                RequireDead(world, d.Incarnation, d.Evidence);
                break;
            case SupervisorDied d:
                Overran(world, o.Frames[d.Token!.Value], o.Supervisors[d.SupervisorId]);
                break;
        }
    }

    /// <summary>A process may be declared dead: it is gone, or was silent for long enough.</summary>
    public static void RequireDead(SimulationWorld world, string incarnation, EvidenceType evidence)
    {
        if (world.Actors.FirstOrDefault(a => a.Incarnation == incarnation) is not { } accused) return; // died while it started
        if (evidence == EvidenceType.ProcessExited)
        {
            world.Require(!accused.IsThere, $"{accused} was declared dead, and its process is there");
            return;
        }
        var record = $"/ledger/participants/{accused.Id}~{incarnation}.json";
        // What was swept behind a dead process shows nobody its last beat any more.
        if (!accused.IsThere && !world.Ledger.Files.File.Exists(record)) return;
        var silent = world.Witness.LongestSilence(record, world.Now);
        var threshold = world.Options.Ledger.StalenessThreshold;
        world.Require(silent >= threshold - Spare, $"{accused} was declared dead, and was never silent for more than {silent}");
    }

    private static void Hung(SimulationWorld world, ReferenceOperation o, ReferenceFrame f, EvidenceType evidence)
    {
        if (evidence == EvidenceType.WatchdogExpired)
        {
            var silent = world.Witness.LongestSilence($"/ledger/temp/{o.Id}/{f.CallId}~progress", o.Entries[(int)f.Position - 1].At);
            var watchdog = TimeSpan.FromMilliseconds(f.Start.WatchdogMs ?? 0);
            world.Require(silent >= watchdog - Spare, $"{f.CallId} was declared hung, and made progress at least every {silent}");
            return;
        }
        var ending = world.Now - (f.EndingSince ?? world.Now);
        var bound = TimeSpan.FromMilliseconds(f.Start.CleanupBoundMs) + world.Options.Ledger.StalenessThreshold;
        world.Require(ending >= bound - Spare, $"the cleanup of {f.CallId} was declared overdue after {ending}, its bound and threshold are {bound}");
        var owner = world.Actors.FirstOrDefault(a => a.Incarnation == f.Incarnation);
        world.Require(owner is null or { WasTroubled: true } or { IsThere: false }, $"{owner} was on time, and the cleanup of its {f.CallId} is overdue");
    }

    private static void Overran(SimulationWorld world, ReferenceFrame f, ReferenceSupervisor s)
    {
        var waited = world.Now - (f.CrashedAt ?? world.Now);
        var bound = TimeSpan.FromMilliseconds(s.BoundMs) + world.Options.Ledger.StalenessThreshold;
        world.Require(waited >= bound - Spare, $"the supervisor of {f.CallId} was given up after {waited}, its bound and threshold are {bound}");
    }
}
