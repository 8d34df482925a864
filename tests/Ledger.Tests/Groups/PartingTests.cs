using Ledger.Groups;
using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Testing;

namespace Ledger.Tests.Groups;

/// <summary>A participant that stops leaves all it can.</summary>
public sealed class PartingTests
{
    private readonly GroupWorld world = new();

    [Fact]
    public async Task A_group_that_cannot_be_left_keeps_no_other_group_and_no_operation_from_being_left()
    {
        var a = await world.JoinAsync("a");
        await a.RegisterAsync("s");
        await world.UntilAsync("s", SupervisorStatus.Running);
        var other = await a.Node.Participant.JoinGroupAsync("later");
        var creator = await world.Ledger.StartAsync("creator");
        await creator.Participant.CreateOperationAsync("op");
        await a.Node.Participant.JoinOperationAsync("op");
        a.Executor.StopFault = "it does not end";

        var fault = await Assert.ThrowsAsync<LedgerException>(() => world.Ledger.RunUntilAsync(a.Node.Participant.DisposeAsync().AsTask()));

        Assert.Equal("it does not end", fault.Message);
        Assert.True(world.State.IsPresent(a.Incarnation));
        Assert.Equal(DepartureReason.Normal, world.Ledger.Directory.ReadGroup("later").Members[a.Incarnation].Departure);
        Assert.False(other.IsMember);
        Assert.Equal(MemberStatus.Left, world.Ledger.Directory.Read("op").Members[a.Incarnation].Status);
    }

    [Fact]
    public async Task What_failed_in_several_is_told_of_all()
    {
        var a = await world.JoinAsync("a");
        await a.RegisterAsync("s");
        await world.UntilAsync("s", SupervisorStatus.Running);
        var later = await a.Node.Participant.JoinGroupAsync("later", new GroupOptions { CanOrchestrate = true, CanSpawn = true, Executor = a.Executor });
        await later.RegisterSupervisorAsync("t", GroupWorld.Program());
        await world.Ledger.RunUntilAsync(() => later.State.Supervisors["t"].Status == SupervisorStatus.Running, TimeSpan.FromSeconds(5));
        a.Executor.StopFault = "it does not end";

        var fault = await Assert.ThrowsAsync<LedgerException>(() => world.Ledger.RunUntilAsync(a.Node.Participant.DisposeAsync().AsTask()));

        Assert.Equal(2, Assert.IsType<AggregateException>(fault.InnerException).InnerExceptions.Count);
    }

    [Fact]
    public async Task Who_could_not_leave_because_it_could_not_refuse_a_command_is_a_member_that_works_on()
    {
        var a = await world.JoinAsync("a");
        await a.RegisterAsync("s");
        await world.UntilAsync("s", SupervisorStatus.Running);
        var b = await world.JoinAsync("b");
        _ = b.Group.SendAsync("a", "do", null, TimeSpan.FromMinutes(10)); // nobody there handles it
        await world.UntilAsync(s => s.Commands.Count == 1, seconds: 5);
        await world.Ledger.RunUntilAsync(a.Group.DrainAsync());
        a.Node.Files.Fault = call => call.Kind == FileCallKind.Write ? FileFault.NoSpace : null;
        await Assert.ThrowsAsync<LedgerStorageException>(() => world.Ledger.RunUntilAsync(a.Group.LeaveAsync()));
        a.Node.Files.Fault = null;
        var run = world["s"].Run;
        world.Advance(5);
        Assert.Equal((SupervisorStatus.Running, run, 0), (world["s"].Status, world["s"].Run, world["s"].Attempts)); // it had not been asked to end

        await b.Group.StopSupervisorAsync("s");

        await world.UntilAsync("s", SupervisorStatus.Stopped, seconds: 10);
        await world.Ledger.RunUntilAsync(a.Group.LeaveAsync());
        Assert.Equal(DepartureReason.Normal, world.State.Members[a.Incarnation].Departure);
    }

    [Fact]
    public async Task Who_pauses_hands_the_orchestration_over_if_there_is_somebody_and_does_not_take_it_back_meanwhile()
    {
        var a = await world.JoinAsync("a");
        await world.UntilAsync(s => s.Acting == a.Incarnation, seconds: 5);
        a.Node.Participant.AnnouncePause(TimeSpan.FromMinutes(10));
        world.Advance(5);
        Assert.Equal((1, a.Incarnation), (world.State.Term, world.State.Acting));
        a.Node.Participant.AnnounceResume();

        var b = await world.JoinAsync("b");
        a.Node.Participant.AnnouncePause(TimeSpan.FromMinutes(10));
        a.Node.Freeze();
        world.Advance(60);

        Assert.Equal((2, b.Incarnation), (world.State.Term, world.State.Acting));
        Assert.True(world.State.IsPresent(a.Incarnation));
        a.Node.Resume();
        a.Node.Participant.AnnounceResume();
        world.Advance(5);
        Assert.Equal((2, b.Incarnation), (world.State.Term, world.State.Acting));
        Assert.True(a.Group.IsMember);
        b.Node.Crash();
        await world.UntilAsync(s => s.Acting == a.Incarnation, seconds: 30);
    }
}
