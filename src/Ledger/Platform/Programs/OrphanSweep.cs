using Ledger.Model.Groups;

namespace Ledger.Platform.Programs;

/// <summary>What a sweep found and did.</summary>
/// <param name="Found">Processes whose owner is dead.</param>
/// <param name="Ended">How many of them are gone now.</param>
/// <param name="Remaining">Those that are not.</param>
internal sealed record OrphanReport(IReadOnlyList<FoundProcess> Found, int Ended, IReadOnlyList<FoundProcess> Remaining)
{
    /// <summary>Nothing, as it should be.</summary>
    public static OrphanReport None { get; } = new([], 0, []);
}

/// <summary>Finds the processes of one group of one ledger whose owner is dead, and ends them. Only processes of this place
/// and user that carry the group's marks are looked at, so that nobody else's can be touched. Sweeps follow each other;
/// not thread-safe.</summary>
/// <param name="host">The processes.</param>
/// <param name="time">Measures waiting.</param>
/// <param name="ledgerPath">The ledger's directory, as in the marks.</param>
/// <param name="group">The group's id.</param>
internal sealed class OrphanSweep(IProgramHost host, TimeProvider time, string ledgerPath, string group)
{
    /// <summary>How long a lifeline may take to end its group; within it, the group is no orphan.</summary>
    public static readonly TimeSpan LifelineBound = TimeSpan.FromSeconds(5);

    private readonly Dictionary<(int Pid, string StartToken), long> _withLifeline = [];

    /// <summary>Looks, and ends what nobody owns.</summary>
    /// <param name="isOwned">True when somebody living answers for the process: its run, or its supervisor under another owner
    /// that adopted it. Asked once for each process.</param>
    /// <param name="grace">Time between TERM and KILL.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<OrphanReport> SweepAsync(
        Func<FoundProcess, bool> isOwned, TimeSpan grace, CancellationToken cancellation)
    {
        var unowned = host.Find(ledgerPath, group).Where(each => !isOwned(each)).ToList();
        var orphans = unowned.Where(IsLeftByItsLifeline).ToList();
        Forget(unowned);
        if (orphans.Count == 0) return OrphanReport.None;

        // Of each process group only those who carry the same owner's marks: others may be in it.
        var groups = orphans.Select(each => (each.Pgid, each.Owner)).Distinct();
        await Task.WhenAll(groups.Select(each => EndAsync(each.Pgid, each.Owner, grace, cancellation))).ConfigureAwait(false);
        var left = host.Find(ledgerPath, group).Select(each => (each.Pid, each.StartToken)).ToHashSet();
        var remaining = orphans.Where(each => left.Contains((each.Pid, each.StartToken))).ToList();
        return new OrphanReport(orphans, orphans.Count - remaining.Count, remaining);
    }

    private async Task EndAsync(int pgid, ProgramOwner owner, TimeSpan grace, CancellationToken cancellation)
    {
        // No start token: that its leader lives proves nothing about an orphan, each member proves itself.
        var identity = new HostedProgram(host.Self with { Pid = pgid, StartToken = "" }, pgid, SupervisorMode.Coupled, owner);
        await ProcessGroupSignals.TerminateAsync(
            host.Group(identity), hasHadTerm: false, grace, static () => true, time, cancellation).ConfigureAwait(false);
    }

    /// <summary>False while its lifeline may still be about to end it. One that is stopped never does.</summary>
    private bool IsLeftByItsLifeline(FoundProcess process)
    {
        if (!process.HasLifeline) return true;
        _withLifeline.TryAdd((process.Pid, process.StartToken), time.GetTimestamp());
        return time.GetElapsedTime(_withLifeline[(process.Pid, process.StartToken)]) >= LifelineBound;
    }

    private void Forget(List<FoundProcess> present)
    {
        var keys = present.Select(each => (each.Pid, each.StartToken)).ToHashSet();
        foreach (var gone in _withLifeline.Keys.Where(key => !keys.Contains(key)).ToList()) _withLifeline.Remove(gone);
    }
}
