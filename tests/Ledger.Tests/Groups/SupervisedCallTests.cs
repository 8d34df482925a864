using Ledger.Model.Groups;
using Ledger.Tests.Scenarios;

namespace Ledger.Tests.Groups;

public sealed class SupervisedCallTests
{
    private readonly GroupWorld world = new();

    [Fact]
    public async Task A_restarted_supervisor_is_told_as_a_repeat_what_its_predecessor_had_not_confirmed()
    {
        var boss = await world.JoinAsync("boss");
        var b = await world.JoinAsync("b", orchestrate: false);
        await b.RegisterAsync("sup");
        await world.UntilAsync("sup", SupervisorStatus.Running);
        var first = new RecordingSupervisor
        {
            Then = async (_, token) => await Task.Delay(Timeout.InfiniteTimeSpan, world.Ledger.Time, token),
        };
        var second = new RecordingSupervisor();
        world.OnSpawned = (joined, id) => joined.Group.SuperviseCallsAsync(id, second);
        await b.Group.SuperviseCallsAsync("sup", first);

        await boss.Node.Participant.CreateOperationAsync("op");
        var owner = await world.Ledger.StartAsync("owner");
        var operation = await owner.Participant.JoinOperationAsync("op");
        await operation.StartCallAsync("call", new CallOptions { SupervisorId = "sup", FailOnCrash = false });
        await world.Ledger.RunUntilAsync(() => first.Told.Contains("started call"), TimeSpan.FromSeconds(10));
        owner.Crash();
        await world.Ledger.RunUntilAsync(() => first.Crashes.Count == 1, TimeSpan.FromSeconds(10));
        b.Node.Crash();
        await world.Ledger.RunUntilAsync(() => second.Crashes.Count == 1, TimeSpan.FromSeconds(30));
        Assert.Equal((true, false), (second.Crashes[0].Repeat, second.Crashes[0].AlreadyCleaned));
        world.Advance(60);
        Assert.Empty(world.Ledger.Read("op").Stack);
        Assert.Single(second.Crashes);
    }
}
