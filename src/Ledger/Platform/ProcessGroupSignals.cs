namespace Ledger.Platform;

/// <summary>Ends process groups whose identity is proven, and never another: not this process's own group, and not
/// pid 0 or 1.</summary>
internal static class ProcessGroupSignals
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan SlowestLook = TimeSpan.FromMilliseconds(50);

    /// <summary>How long members may take to vanish after KILL.</summary>
    public static readonly TimeSpan KillBound = TimeSpan.FromSeconds(2);

    /// <summary>TERM (and CONT, for those that are stopped) to the group; once the grace period is over and
    /// <paramref name="mayKillYet"/> agrees, KILL; then looks whether they are gone. Only needs /proc; elsewhere it finds
    /// no member. Cancelled, it sends nothing more.</summary>
    /// <param name="identity">The group, of this host, boot, pid namespace and user.</param>
    /// <param name="grace">Time between TERM and KILL.</param>
    /// <param name="mayKillYet">Asked again and again after the grace period.</param>
    /// <param name="time">Measures the waiting.</param>
    /// <param name="cancellation">Gives up.</param>
    public static Task<GroupOutcome> TerminateAsync(
        GroupIdentity identity, TimeSpan grace, Func<bool> mayKillYet, TimeProvider time, CancellationToken cancellation) =>
        TerminateAsync(identity, static () => false, false, grace, mayKillYet, time, cancellation);

    /// <summary>The same for a group that the caller knows to be its own as long as <paramref name="isOwn"/> says
    /// so, and which may have had TERM and CONT from it already: who begins something to clean up by must not be told
    /// twice.</summary>
    public static Task<GroupOutcome> TerminateAsync(
        GroupIdentity identity, Func<bool> isOwn, bool hasHadTerm, TimeSpan grace, Func<bool> mayKillYet, TimeProvider time,
        CancellationToken cancellation) =>
        TerminateAsync(new ProcessGroup(identity, isOwn), hasHadTerm, grace, mayKillYet, time, cancellation);

    /// <summary>The same for any group.</summary>
    public static async Task<GroupOutcome> TerminateAsync(
        IProcessGroup group, bool hasHadTerm, TimeSpan grace, Func<bool> mayKillYet, TimeProvider time,
        CancellationToken cancellation)
    {
        if (!group.MayBeSignalled) return new(GroupEnd.Unproven, [], []);
        var members = group.Look();
        if (!members.IsActive)
        {
            var end = hasHadTerm ? GroupEnd.Ended : GroupEnd.Nothing;
            return EndLifelines(group, members, members.Unproven.Count > 0 ? GroupEnd.Unproven : end);
        }

        if (!hasHadTerm)
        {
            group.Signal(members, Signals.Term);
            group.Signal(members, Signals.Continue);
        }

        var started = time.GetTimestamp();
        var graceOver = () => time.GetElapsedTime(started) >= grace && mayKillYet();
        if (await IsEmptyAsync(group, members, graceOver, time, cancellation).ConfigureAwait(false))
            return EndLifelines(group, group.Look(), GroupEnd.Ended);

        started = time.GetTimestamp();
        var killed = false;
        do
        {
            members = group.Look();
            if (!members.IsActive) return EndLifelines(group, members, killed ? GroupEnd.Killed : GroupEnd.Ended);
            // At every look: a member that forks meanwhile must not get away.
            group.Signal(members, Signals.Kill);
            killed = true;
            await time.Delay(FirstLook, cancellation).ConfigureAwait(false);
        }
        while (time.GetElapsedTime(started) < KillBound);

        members = group.Look();
        return members.IsActive
            ? new(GroupEnd.StillThere, members.Unproven, [.. members.Proven.Select(member => member.Pid), .. members.Unsettled])
            : EndLifelines(group, members, GroupEnd.Killed);
    }

    /// <summary>Waits for those it knows, and looks at the whole table only once they are gone; who appeared meanwhile
    /// gets the signal too.</summary>
    private static async Task<bool> IsEmptyAsync(
        IProcessGroup group, GroupMembers members, Func<bool> isOver, TimeProvider time, CancellationToken cancellation)
    {
        var pause = FirstLook;
        while (true)
        {
            if (!members.Proven.Any(member => !member.IsLifeline && group.IsThere(member)))
            {
                members = group.Look();
                if (!members.IsActive) return true;
                group.Signal(members, Signals.Term);
            }

            if (isOver()) return false;
            await time.Delay(pause, cancellation).ConfigureAwait(false);
            pause = pause * 2 < SlowestLook ? pause * 2 : SlowestLook;
        }
    }

    private static GroupOutcome EndLifelines(IProcessGroup group, GroupMembers members, GroupEnd end)
    {
        // Its group is empty, but a wrapper that is frozen would keep it waiting.
        var lifelines = members.Proven.Where(member => member.IsLifeline).ToList();
        if (lifelines.Count > 0) group.Signal(new GroupMembers(IsWhole: false, lifelines, []), Signals.Kill);
        return new(end, members.Unproven, []);
    }
}
