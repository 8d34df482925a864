using Ledger.Groups;
using Ledger.Hosting.Supervision.Groups;
using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Platform.Programs;
using Ledger.Testing;

namespace Ledger.Hosting.Tests.Supervision;

/// <summary>The real executor before a start, when no record names what still lives; on a simulated machine.</summary>
public sealed class ForgottenProgramsTests
{
    private readonly SimulatedLedger ledger = new();
    private readonly SimulatedMachine machine;

    public ForgottenProgramsTests()
    {
        machine = new SimulatedMachine(ledger.Processes, "h1", ledger.Time);
        machine.Commands["stubborn"] = new() { IgnoresTerm = true };
    }

    [Theory]
    [InlineData("S", 0)]
    [InlineData("s", 0)]
    [InlineData("T", 1)]
    public async Task A_start_ends_what_the_dead_left_of_the_same_supervisor(string supervisor, int left)
    {
        var (old, _) = await JoinAsync("old");
        var program = Spawn(old, supervisor);
        old.Crash();
        var (process, group) = await JoinAsync("newcomer");
        await ledger.RunUntilAsync(() => group.State.Members[old.Participant.Incarnation].Departure is not null);

        Assert.Empty(await MakeWayAsync(process, group));

        Assert.Equal(left, machine.Members(program.Identity.Pgid).Count);
    }

    [Fact]
    public async Task A_start_leaves_alone_what_somebody_living_answers_for()
    {
        var (old, _) = await JoinAsync("old");
        var (other, _) = await JoinAsync("other");
        var program = Spawn(other, "S");
        old.Crash();
        var (process, group) = await JoinAsync("newcomer");
        await ledger.RunUntilAsync(() => group.State.Members[old.Participant.Incarnation].Departure is not null);

        Assert.Empty(await MakeWayAsync(process, group));

        Assert.Single(machine.Members(program.Identity.Pgid));
    }

    private static ProcessIdentity Identity(SimulatedParticipant process) => process.Participant.Core.Ledger.Process;

    private async Task<(SimulatedParticipant, LedgerGroup)> JoinAsync(string id)
    {
        var process = await ledger.StartAsync(id, "h1");
        machine.Enter(Identity(process), "ledger");
        return (process, await process.Participant.JoinGroupAsync("g", new GroupOptions { CanOrchestrate = true }));
    }

    private IProgram Spawn(SimulatedParticipant owner, string supervisor)
    {
        var program = machine.HostOf(Identity(owner)).Spawn(new ProgramStart
        {
            Words = ["stubborn"],
            Owner = new ProgramOwner(owner.Participant.Directory.Path, "g", supervisor, owner.Participant.Incarnation),
            Mode = SupervisorMode.Independent,
        }).Program!;
        program.Release();
        return program;
    }

    private async Task<IReadOnlyList<string>> MakeWayAsync(SimulatedParticipant process, LedgerGroup group)
    {
        var executor = new GroupExecutor(machine.HostOf(Identity(process)), ledger.Time, null, _ => { });
        var anew = new SupervisorEntry("S", new SupervisorSettings { StopGraceMs = 100 }, Identity(process), 1);
        return await ledger.RunUntilAsync(executor.MakeWayAsync(group, anew, CancellationToken.None));
    }
}
