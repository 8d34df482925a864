using Ledger.CrashTests.Run;
using Ledger.Groups;
using Ledger.Model.Groups;
using Ledger.Platform;

namespace Ledger.CrashTests.Groups;

/// <summary>Members that come and go, and commands to a pool that is killed all the time.</summary>
public sealed class PoolTests : IDisposable
{
    private const int Seed = 4711;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly GroupStage stage = new();
    private readonly Random random = new(Seed);

    public void Dispose() => stage.Dispose();

    [LinuxFact]
    public async Task Members_that_join_work_and_go_are_told_exactly_once_each_and_without_noise()
    {
        const int Cycles = 50;
        await using var observer = await (await stage.Ledger.OpenAsync(create: true)).JoinAsync("observer");
        var group = await observer.JoinGroupAsync(stage.GroupId, new GroupOptions { CanOrchestrate = true });
        var after = group.State.Position;
        var runs = new List<LedgerProcess>();

        for (var cycle = 0; cycle < Cycles; cycle++) runs.Add(await CycleAsync(group, $"m{cycle}", random.Next(3) == 0));

        var events = new List<MembershipChanged>();
        var last = group.State.Position;
        await foreach (var change in group.Changes(after))
        {
            if (change.Outcome is { Accepted: true } outcome) events.AddRange(outcome.Events.OfType<MembershipChanged>());
            if (change.Position >= last) break;
        }
        Assert.Equal(2 * Cycles, events.Count(each => each.Status is GroupMemberStatus.Joined or GroupMemberStatus.Left));
        Assert.All(events.GroupBy(each => each.Incarnation), each => Assert.Equal(
            [GroupMemberStatus.Joined, GroupMemberStatus.Left], each.Select(e => e.Status).Where(s => s != GroupMemberStatus.Draining)));
        Assert.DoesNotContain(runs, run => run.Errors.Contains("error", StringComparison.OrdinalIgnoreCase));
        await stage.NothingIsLeft();
    }

    [LinuxFact]
    public async Task Every_command_to_a_pool_that_is_killed_has_one_outcome_and_runs_at_most_once()
    {
        var (file, ids) = (stage.Ledger.File("executed"), new[] { "w0", "w1", "w2", "w3" });
        await using var observer = await (await stage.Ledger.OpenAsync(create: true)).JoinAsync("observer");
        var group = await observer.JoinGroupAsync(stage.GroupId);
        // Whoever restarts is not killed, or what it restarted would die with it.
        stage.Start("orchestrate", "--group", stage.GroupId);
        await group.WaitUntilAsync(state => state.Acting is not null).WaitAsync(Eventually.Bound);
        foreach (var id in ids)
            stage.Supervise(id, "--restart", "100", "--backoff", "0ms", "--on-command", $"echo \"$LEDGER_COMMAND_ID\" >> '{file}'; sleep 0.05; cat");
        foreach (var id in ids) await stage.Running(id);
        var results = new List<CommandResult>();

        for (var round = 0; round < 4; round++)
        {
            var sent = Enumerable.Range(0, 10)
                .Select(n => group.SendAsync(ids[random.Next(ids.Length)], "work", "1", Deadline, $"c-{round}-{n}")).ToList();
            var victims = ids.OrderBy(_ => random.Next()).Take(2).Select(id => group.State.Supervisors[id]).ToList();
            foreach (var x in victims) Assert.Equal(0, Libc.Kill(group.State.Members[x.Incarnation!].Process.Pid, Signals.Kill));
            foreach (var x in victims) await stage.RunsAnew(x);
            results.AddRange(await Task.WhenAll(sent).WaitAsync(Eventually.Bound));
        }

        Assert.Equal(40, results.Select(result => result.CommandId).Distinct().Count());
        var executed = (await File.ReadAllLinesAsync(file)).CountBy(id => id).ToDictionary();
        Assert.All(results, result =>
        {
            Assert.Equal((result.Status, result.Answer), (group.State.Commands[result.CommandId].Status, group.State.Commands[result.CommandId].Answer));
            Assert.InRange(executed.GetValueOrDefault(result.CommandId), result.IsDone ? 1 : 0, result.Status == CommandStatus.Refused ? 0 : 1);
        });
        await stage.OneProgramEach(ids);
    }

    [LinuxFact]
    public async Task A_crash_report_about_an_old_incarnation_leaves_the_new_one_of_the_same_name_alone()
    {
        var ledger = await stage.Ledger.OpenAsync(create: true, TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(3));
        await using var observer = await ledger.JoinAsync("observer");
        var group = await observer.JoinGroupAsync(stage.GroupId, new GroupOptions { CanOrchestrate = true });
        string? Present(IReadOnlyCollection<string> but) => group.State.Members.Values
            .FirstOrDefault(m => m is { ParticipantId: "twin", IsPresent: true } && !but.Contains(m.Incarnation))?.Incarnation;
        var old = stage.Start("orchestrate", "--group", stage.GroupId, "--name", "twin");
        await group.WaitUntilAsync(_ => Present([]) is not null).WaitAsync(Eventually.Bound);
        var first = Present([])!;

        stage.Start("orchestrate", "--group", stage.GroupId, "--name", "twin");
        await group.WaitUntilAsync(_ => Present([first]) is not null).WaitAsync(Eventually.Bound);
        old.Signal(Signals.Stop);
        var second = Present([first])!;
        var crashed = await group.WaitUntilAsync(s => !s.IsPresent(first)).WaitAsync(Eventually.Bound);
        old.Signal(Signals.Continue);

        Assert.Equal(75, await old.ExitAsync());
        Assert.Equal(DepartureReason.Crashed, crashed.Members[first].Departure);
        Assert.True(group.State.IsPresent(second));
        var told = (await ledger.GroupChanges(stage.GroupId, follow: false).ToListAsync())
            .Where(c => c.Outcome is { Accepted: true }).SelectMany(c => c.Outcome!.Events).OfType<MembershipChanged>()
            .Where(m => m.ParticipantId == "twin").Select(m => (m.Incarnation, m.Status));
        Assert.Equal([(first, GroupMemberStatus.Joined), (second, GroupMemberStatus.Joined), (first, GroupMemberStatus.Left)], told);
    }

    [LinuxFact]
    public async Task One_process_runs_many_instances_restarts_each_and_its_death_lets_another_restart_them()
    {
        await stage.SuperviseAll("b");
        var run = stage.Supervise("w", "--instances", "3", "--backoff", "0ms");
        foreach (var id in new[] { "w-1", "w-2", "w-3" }) await stage.Running(id);
        var before = stage.State()!.Supervisors;
        Assert.Single(new[] { "w-1", "w-2", "w-3" }.Select(id => before[id].Incarnation).Distinct());

        Assert.Equal(0, Libc.Kill(before["w-2"].Program!.Pid, Signals.Kill));
        var again = await stage.RunsAnew(before["w-2"]);
        Assert.Equal(before["w-2"].Incarnation, again.Incarnation);
        Assert.Equal(before["w-1"].Run, stage.State()!.Supervisors["w-1"].Run);
        run.Signal(Signals.Kill);

        foreach (var x in new[] { before["w-1"], again, before["w-3"] }) await stage.RunsAnew(x);
        Assert.Equal(3, new[] { "w-1", "w-2", "w-3" }.Select(id => stage.State()!.Supervisors[id].Incarnation).Distinct().Count());
        await Eventually.True(() => stage.Programs("w").Count == 3, "one program each");
        Assert.Equal(0, await stage.Start("stop", "--group", "g", "--all").ExitAsync());
        await stage.NothingIsLeft();
    }

    private async Task<LedgerProcess> CycleAsync(LedgerGroup group, string id, bool isKilled)
    {
        var run = stage.Supervise(id, "--restart", "0", "--on-command", "cat");
        await stage.Running(id);
        var result = await group.SendAsync(id, "work", "1", Deadline);
        Assert.Equal((CommandStatus.Done, "1"), (result.Status, result.Answer));
        var incarnation = group.State.Supervisors[id].Incarnation!;
        run.Signal(isKilled ? Signals.Kill : Signals.Term);
        await run.ExitAsync();
        var state = await group.WaitUntilAsync(s => !s.IsPresent(incarnation)).WaitAsync(Eventually.Bound);
        Assert.Equal(isKilled ? DepartureReason.Crashed : DepartureReason.Normal, state.Members[incarnation].Departure);
        return run;
    }
}
