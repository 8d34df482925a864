namespace Ledger.Platform;

/// <summary>One living member of a process group.</summary>
internal readonly record struct GroupMember(int Pid, string StartToken, bool IsLifeline);

/// <summary>The members of a process group at one moment. Zombies are none.</summary>
/// <param name="IsWhole">True when the group as such is proven, so that it may be signalled as one.</param>
/// <param name="Proven">Members proven to be of the call.</param>
/// <param name="Unproven">Pids of the others.</param>
internal sealed record GroupMembers(bool IsWhole, IReadOnlyList<GroupMember> Proven, IReadOnlyList<int> Unproven)
{
    /// <summary>Pids of members whose variables cannot be told at this moment: they are being replaced by another program,
    /// or are about to end. The next look says more.</summary>
    public IReadOnlyList<int> Unsettled { get; init; } = [];

    /// <summary>True while a proven member other than a lifeline lives, or somebody may turn out to be one.</summary>
    public bool IsActive => Unsettled.Count > 0 || Proven.Any(member => !member.IsLifeline);
}

/// <summary>One process group, as <see cref="ProcessGroupSignals"/> ends it. Simulated ones stand in here.</summary>
internal interface IProcessGroup
{
    /// <summary>Which one.</summary>
    GroupIdentity Identity { get; }

    /// <summary>False for the caller's own group, and for numbers that mean something else to kill(2).</summary>
    bool MayBeSignalled { get; }

    /// <summary>Who is in it now.</summary>
    GroupMembers Look();

    /// <summary>True if the member is still there, and still a member.</summary>
    bool IsThere(GroupMember member);

    /// <summary>Signals the whole group if it is proven, else each proven member.</summary>
    void Signal(GroupMembers members, int signal);
}

/// <summary>Looks at one process group. Remembers who was proven once: pid and start token prove them from then on.</summary>
/// <param name="identity">The group.</param>
/// <param name="isOwn">True while the caller knows by itself that the group is the one it means: its leader, or another
/// member, is a child of the caller that it has not waited for.</param>
internal sealed class ProcessGroup(GroupIdentity identity, Func<bool> isOwn) : IProcessGroup
{
    private readonly HashSet<GroupMember> _known = [];

    public GroupIdentity Identity => identity;

    public bool MayBeSignalled => identity.Pgid > 1 && identity.Pgid != Libc.OwnProcessGroup();

    /// <summary>Asks of every process which group it is in, and reads only of those in this one what they are: with many
    /// programs to end, reading all of each for each is what takes the time.</summary>
    public GroupMembers Look()
    {
        var proven = new List<GroupMember>();
        var unproven = new List<int>();
        var unsettled = new List<int>();
        // A leader that is a zombie proves the group as well: until it is waited for, nobody gets its number.
        var whole = isOwn() || IsLeader(ProcStat.Read(identity.Pgid));
        foreach (var pid in Procfs.Pids())
        {
            if (pid <= 1 || !Libc.MayBeInGroup(pid, identity.Pgid) || ProcStat.Read(pid) is not { } stat) continue;
            if (stat.ProcessGroup != identity.Pgid || stat.IsGone) continue;
            var variables = ProcessVariables.Of(pid);
            if (variables is { Length: 0 } && ProcStat.Read(pid) is not { HasNoVariables: true })
            {
                unsettled.Add(pid);
                continue;
            }

            var member = new GroupMember(
                pid, stat.StartToken, ProcessVariables.Has(variables, ProcessVariables.Lifeline, "1"));
            if (whole || _known.Contains(member) || identity.IsProvenBy(variables)) proven.Add(member);
            else unproven.Add(pid);
        }

        _known.UnionWith(proven);
        return new GroupMembers(whole, proven, unproven) { Unsettled = unsettled };
    }

    /// <summary>True if the member is still there, and still a member.</summary>
    public bool IsThere(GroupMember member) =>
        ProcStat.Read(member.Pid) is { IsGone: false } stat
        && stat.StartToken == member.StartToken && stat.ProcessGroup == identity.Pgid;

    /// <summary>Signals the whole group if it is proven, else each proven member.</summary>
    public void Signal(GroupMembers members, int signal)
    {
        if (members.IsWhole && (isOwn() || IsLeader(ProcStat.Read(identity.Pgid))))
        {
            _ = Libc.Kill(-identity.Pgid, signal);
            return;
        }

        foreach (var member in members.Proven)
            if (IsThere(member)) _ = Libc.Kill(member.Pid, signal);
    }

    private bool IsLeader(ProcStat? stat) =>
        stat is { } leader && identity.LeaderStartToken.Length > 0
        && leader.StartToken == identity.LeaderStartToken && leader.ProcessGroup == identity.Pgid;
}
