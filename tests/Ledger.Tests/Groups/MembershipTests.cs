using Ledger.Groups;
using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Rules.Groups;
using Ledger.Testing;

namespace Ledger.Tests.Groups;

public sealed class MembershipTests
{
    private readonly GroupWorld world = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Fifty_cycles_of_join_work_and_leave_are_told_exactly_once_each(bool kill)
    {
        var boss = await world.JoinAsync("boss");
        var random = new Random(7);
        var crashed = 0;
        for (var i = 0; i < 50; i++)
        {
            var worker = await world.JoinAsync("worker", orchestrate: false);
            worker.Group.HandleCommands((c, _) => Task.FromResult<string?>($"\"{c.Name}\""));
            var done = await world.Ledger.RunUntilAsync(boss.Group.SendAsync("worker", "work", null, TimeSpan.FromSeconds(10)));
            Assert.Equal((CommandStatus.Done, "\"work\""), (done.Status, done.Answer));
            var dies = kill && random.Next(3) == 0;
            if (dies) worker.Node.Crash();
            else await world.Ledger.RunUntilAsync(worker.Node.Participant.DisposeAsync().AsTask());
            if (dies) crashed++;
            await world.UntilAsync(s => !s.IsPresent(worker.Incarnation), seconds: 2);
        }
        var events = (await world.EventsAsync<MembershipChanged>()).Where(e => e.ParticipantId == "worker").ToList();
        Assert.Equal(50, events.Count(e => e.Status == GroupMemberStatus.Joined));
        Assert.Equal(50, events.Count(e => e.Status == GroupMemberStatus.Left));
        Assert.Equal(crashed, events.Count(e => e.Departure == DepartureReason.Crashed));
        Assert.All(events.Where(e => e.Status == GroupMemberStatus.Left).GroupBy(e => e.Incarnation), g => Assert.Single(g));
        if (!kill) Assert.Equal(100, events.Count(e => e.Status != GroupMemberStatus.Draining));
        Assert.Equal(kill, crashed > 0);
        Assert.Empty(world.Noise);
    }

    [Fact]
    public async Task Joining_and_leaving_are_idempotent_and_leaving_is_final_for_an_incarnation()
    {
        var a = await world.JoinAsync("a");
        Assert.Same(a.Group, await a.Node.Participant.JoinGroupAsync(GroupWorld.Id));
        await world.Ledger.RunUntilAsync(a.Group.LeaveAsync());
        await world.Ledger.RunUntilAsync(a.Group.LeaveAsync());
        Assert.True(a.Group.Ended.IsCancellationRequested);
        await Assert.ThrowsAsync<NotGroupMemberException>(() => a.Node.Participant.JoinGroupAsync(GroupWorld.Id));
        await Assert.ThrowsAsync<NotGroupMemberException>(() => a.Group.BarrierAsync("late"));
        await world.Ledger.RunUntilAsync(a.Node.Participant.DisposeAsync().AsTask());
        var again = await world.JoinAsync("a");
        Assert.True(again.Group.IsMember);
        Assert.Empty(world.Noise);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_could_not_find_out_whether_it_joined_takes_part_if_it_did_until_it_stops(bool joinsAgain)
    {
        await world.JoinAsync("a", orchestrate: false);
        var node = await world.StartAsync("b", "h1");
        var isBroken = false;
        node.Files.Fault = call =>
        {
            if (!call.Path.Contains("/g@", StringComparison.Ordinal) && call.Target?.Contains("/g@", StringComparison.Ordinal) != true) return null;
            if (isBroken) return FileFault.InputOutputError;
            isBroken = call.Kind == FileCallKind.Move;
            return isBroken ? FileFault.FailAfter(new IOException("no reply")) : null;
        };
        var options = new GroupOptions { CanOrchestrate = true };
        var e = await Assert.ThrowsAsync<LedgerStorageException>(() => node.Participant.JoinGroupAsync(GroupWorld.Id, options));
        Assert.Contains("unknown", e.Message, StringComparison.Ordinal);
        Assert.True(isBroken);

        node.Files.Fault = null;
        await world.UntilAsync(s => s.Acting == node.Participant.Incarnation, seconds: 5);
        var position = world.State.Position;
        if (joinsAgain) Assert.True((await node.Participant.JoinGroupAsync(GroupWorld.Id, options)).IsMember);
        Assert.Equal(position, world.State.Position);
        await world.Ledger.RunUntilAsync(node.Participant.DisposeAsync().AsTask());
        Assert.Equal(DepartureReason.Normal, world.State.Members[node.Participant.Incarnation].Departure);
    }

    [Fact]
    public async Task A_late_report_about_an_old_incarnation_leaves_the_new_one_alone()
    {
        var a = await world.JoinAsync("a", "h1");
        var b = await world.JoinAsync("b", "h2");
        b.Node.Crash();
        await b.Node.RestartAsync();
        var again = await b.Node.Participant.JoinGroupAsync(GroupWorld.Id);
        await world.UntilAsync(s => !s.IsPresent(b.Incarnation) || s.Members[b.Incarnation].Departure == DepartureReason.Crashed, seconds: 30);
        world.Advance(30);
        Assert.True(again.IsMember);
        Assert.Equal(2, world.State.Members.Values.Count(m => m.IsPresent));
        Assert.True(a.Group.IsMember);
    }

    [Fact]
    public async Task A_barrier_completes_without_those_who_drain_or_die()
    {
        var all = new List<Joined>();
        foreach (var id in new[] { "a", "b", "c", "d" }) all.Add(await world.JoinAsync(id));
        var first = all[0].Group.BarrierAsync("ready");
        var second = all[1].Group.BarrierAsync("ready");
        world.Advance(1);
        Assert.False(first.IsCompleted || second.IsCompleted);
        await world.Ledger.RunUntilAsync(all[2].Group.DrainAsync("enough"));
        world.Advance(1);
        Assert.False(first.IsCompleted);
        all[3].Node.Crash();
        await world.Ledger.RunUntilAsync(Task.WhenAll(first, second), TimeSpan.FromSeconds(2));
        Assert.Single(await world.EventsAsync<BarrierCompleted>());
        await Assert.ThrowsAsync<GroupRejectedException>(() => all[2].Group.BarrierAsync("ready"));
    }

    [Fact]
    public async Task An_invitation_lets_one_in_once_and_every_other_use_has_its_own_refusal()
    {
        var a = await world.JoinAsync("a");
        Task<GroupRejectedException> Refused(string id, GroupInvitation with) => Assert.ThrowsAsync<GroupRejectedException>(async () =>
            await (await world.Ledger.StartAsync(id)).Participant.JoinGroupAsync(
                GroupWorld.Id, new GroupOptions { InviteId = with.InviteId, Token = with.Token }));

        var good = await a.Group.InviteAsync("guest");
        Assert.Equal(GroupReasons.InvitationWrong, (await Refused("guest", good with { Token = "wrong" })).Code);
        Assert.Equal(GroupReasons.InvitationForOther, (await Refused("other", good)).Code);
        Assert.Equal(GroupReasons.InvitationUnknown, (await Refused("guest", good with { InviteId = "nosuch" })).Code);
        var guest = await (await world.Ledger.StartAsync("guest")).Participant.JoinGroupAsync(
            GroupWorld.Id, new GroupOptions { InviteId = good.InviteId, Token = good.Token });
        Assert.True(guest.IsMember);
        Assert.Equal(GroupReasons.InvitationUsed, (await Refused("guest", good)).Code);

        var cancelled = await a.Group.InviteAsync("late");
        await a.Group.CancelInvitationAsync(cancelled.InviteId);
        Assert.Equal(GroupReasons.InvitationCancelled, (await Refused("late", cancelled)).Code);

        var expired = await a.Group.InviteAsync("slow");
        world.Advance(31);
        Assert.Equal(GroupReasons.InvitationExpired, (await Refused("slow", expired)).Code);

        AssertNotOnDisk([good.Token, cancelled.Token, expired.Token]);
        Assert.DoesNotContain(good.Token, good.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_replays_from_the_first_entry_and_goes_on_live_without_a_gap()
    {
        var a = await world.JoinAsync("a");
        using var end = new CancellationTokenSource();
        var seen = new List<long>();
        var reading = Task.Run(() => Task.CompletedTask);
        async Task ReadAsync()
        {
            await foreach (var change in a.Group.Changes(cancellationToken: end.Token)) seen.Add(change.Position);
        }
        reading = ReadAsync();
        await world.JoinAsync("b");
        world.Advance(2);
        Assert.Equal(Enumerable.Range(1, (int)world.State.Position).Select(i => (long)i), seen);
        end.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    /// <summary>No token is in any file, whoever may read it.</summary>
    private void AssertNotOnDisk(IEnumerable<string> secrets)
    {
        var files = world.Ledger.Files.Directory.GetFiles("/ledger", "*", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        foreach (var text in files.Select(world.Ledger.Files.File.ReadAllText))
            Assert.All(secrets, secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
        Assert.All(world.Ledger.Log, line => Assert.All(secrets, secret => Assert.DoesNotContain(secret, line.Text, StringComparison.Ordinal)));
    }
}
