using Ledger.Platform;

namespace Ledger.Tests.Platform;

public sealed class ProcessGroupSignalsTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(50);
    private static readonly string[] OfCall = ["LEDGER_OPERATION=op", "LEDGER_CALL=call"];

    [LinuxFact]
    public async Task A_group_whose_leader_is_proven_ends_by_TERM_with_all_its_members()
    {
        using var process = TestProcess.Shell("sleep 60 & sleep 60 & wait");
        await Eventually.True(() => process.Others().Count == 2, "the members");

        var outcome = await Terminate(Identity(process), Long);

        Assert.Equal(GroupEnd.Ended, outcome.End);
        Assert.Empty(process.Others());
    }

    [LinuxFact]
    public async Task A_stopped_group_ends_by_TERM()
    {
        using var process = TestProcess.Sleeping();
        Assert.Equal(0, Libc.Kill(process.Pid, Signals.Stop));

        Assert.Equal(GroupEnd.Ended, (await Terminate(Identity(process), Long)).End);
    }

    [LinuxFact]
    public async Task Who_ignores_TERM_is_killed_once_the_grace_is_over_and_it_may_be()
    {
        using var process = TestProcess.Shell("trap '' TERM; sleep 60 & while :; do sleep 60; done");
        await Eventually.True(() => process.Others().Count == 2, "the members");
        var asked = 0;

        var outcome = await ProcessGroupSignals.TerminateAsync(
            Identity(process), Short, () => ++asked >= 3, TimeProvider.System, CancellationToken.None);

        Assert.Equal(GroupEnd.Killed, outcome.End);
        Assert.True(asked >= 3);
        Assert.Empty(process.Others());
    }

    [LinuxFact]
    public async Task A_group_that_got_the_number_later_is_not_signalled()
    {
        using var process = TestProcess.Sleeping();

        var outcome = await Terminate(Identity(process) with { LeaderStartToken = "1" }, Short);

        Assert.Equal(GroupEnd.Unproven, outcome.End);
        Assert.Equal([process.Pid], outcome.Unproven);
        Assert.Equal('S', ProcStat.Read(process.Pid)?.State);
    }

    [LinuxFact]
    public async Task Once_the_leader_is_gone_members_are_proven_by_their_environment()
    {
        using var process = TestProcess.Shell("sleep 60 & env -i sleep 60 &", OfCall);
        process.Reap();
        await Eventually.True(() => process.Others().Count == 2, "the members");
        await Eventually.True(() => Stranger(process) > 0, "the member without environment");
        var stranger = Stranger(process);

        var outcome = await Terminate(Identity(process), Long);

        Assert.Equal(GroupEnd.Ended, outcome.End);
        Assert.Equal([stranger], outcome.Unproven);
        Assert.Equal([stranger], process.Others());
    }

    [LinuxFact]
    public async Task A_member_seen_while_another_program_replaces_it_is_no_stranger()
    {
        // It does nothing but become itself again.
        using var process = TestProcess.Shell("export x='exec sh -c \"$x\"'; sh -c \"$x\" &", OfCall);
        process.Reap();
        await Eventually.True(
            () => Enumerable.Range(0, 20).Any(_ =>
            {
                var members = new ProcessGroup(Identity(process), static () => false).Look();
                Assert.Empty(members.Unproven);
                Assert.True(members.IsActive);
                return members.Unsettled.Count > 0;
            }),
            "a look in the midst of a replacement");

        Assert.Equal(GroupEnd.Ended, (await Terminate(Identity(process), Long)).End);
        Assert.Empty(process.Others());
    }

    [LinuxFact]
    public async Task Another_call_s_members_are_left_alone()
    {
        using var process = TestProcess.Shell("sleep 60 &", OfCall);
        process.Reap();
        await Eventually.True(() => process.Others().All(TestProcess.Sleeps), "the member");

        var outcome = await Terminate(Identity(process) with { CallId = "other" }, Short);

        Assert.Equal(GroupEnd.Unproven, outcome.End);
        Assert.Equal(process.Others(), outcome.Unproven);
        Assert.Single(outcome.Unproven);
    }

    [LinuxFact]
    public async Task A_member_that_lost_its_environment_stays_proven_if_it_was_seen_with_the_leader()
    {
        using var process = TestProcess.Shell("env -i sh -c 'trap \"\" TERM; while :; do sleep 1; done' & exec sleep 60");
        // It is a shell, and so is, for a moment, whom it starts.
        await Eventually.True(() => process.Others().Select(Procfs.Name).Order().SequenceEqual(["sh", "sleep"]), "the members");
        var stubborn = process.Others().Single(pid => Procfs.Name(pid) == "sh");

        // Nobody waits for the leader before TERM ends it, so only the identity seen before proves the member.
        var ending = Terminate(Identity(process), Short);
        process.Reap();
        var outcome = await ending;

        Assert.Equal(GroupEnd.Killed, outcome.End);
        Assert.True(ProcStat.Read(stubborn) is null or { IsGone: true });
    }

    [LinuxFact]
    public async Task A_lifeline_keeps_no_group_alive_and_goes_last()
    {
        using var process = TestProcess.Shell(
            "LEDGER_LIFELINE=1 sh -c 'trap \"\" TERM; exec sleep 60' & exec sleep 60", OfCall);
        await Eventually.True(() => Lifelines(process) == 1, "the lifeline");

        var outcome = await Terminate(Identity(process), Long);

        Assert.Equal(GroupEnd.Ended, outcome.End);
        await Eventually.True(() => process.Others().Count == 0, "the end of the lifeline");
    }

    [LinuxFact]
    public async Task A_group_of_zombies_is_empty()
    {
        using var process = TestProcess.Sleeping();
        process.Kill();
        await Eventually.True(() => ProcStat.Read(process.Pid)?.State == 'Z', "the zombie");

        Assert.Equal(GroupEnd.Nothing, (await Terminate(Identity(process), Short)).End);
    }

    [LinuxFact]
    public async Task The_own_group_and_the_first_process_are_never_signalled()
    {
        var own = Libc.OwnProcessGroup();
        foreach (var pgid in new[] { own, 1, 0, -1 })
        {
            var identity = new GroupIdentity(pgid, HostIdentity.StartToken(Math.Max(pgid, 1)), "op", "call");
            Assert.Equal(GroupEnd.Unproven, (await Terminate(identity, TimeSpan.Zero)).End);
        }
    }

    [LinuxFact]
    public async Task Cancelled_it_kills_nobody()
    {
        using var process = TestProcess.Shell("trap '' TERM; while :; do sleep 60; done");
        await Eventually.True(() => process.Others().Count == 1, "the member");
        using var cancellation = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ProcessGroupSignals.TerminateAsync(
            Identity(process), TimeSpan.Zero, () => Cancel(cancellation), TimeProvider.System, cancellation.Token));

        Assert.False(ProcStat.Read(process.Pid)!.Value.IsGone);
    }

    private static bool Cancel(CancellationTokenSource source)
    {
        source.Cancel();
        return false;
    }

    private static int Lifelines(TestProcess process) => process.Others().Count(pid =>
        ProcessVariables.Has(ProcessVariables.Of(pid), ProcessVariables.Lifeline, "1")
        && Procfs.Read($"/proc/{pid}/comm")?.Trim() == "sleep");

    private static int Stranger(TestProcess process) => process.Others().FirstOrDefault(
        pid => ProcStat.Read(pid) is { HasNoVariables: true } && Procfs.Read($"/proc/{pid}/comm")?.Trim() == "sleep");

    private static GroupIdentity Identity(TestProcess process) =>
        new(process.Pid, process.Identity.StartToken, "op", "call");

    private static Task<GroupOutcome> Terminate(GroupIdentity identity, TimeSpan grace) => ProcessGroupSignals.TerminateAsync(
        identity, grace, static () => true, TimeProvider.System, CancellationToken.None);
}
