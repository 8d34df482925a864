using Ledger.Model.Groups;
using Ledger.Platform.Programs;

namespace Ledger.Testing.Tests.Programs;

public sealed class SimulatedMachineTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_got_the_number_of_a_program_that_is_gone_does_not_die_with_the_programs_owner(bool released)
    {
        var machine = new SimulatedMachine(new SimulatedProcesses(), "host", new SimulatedTime());
        machine.Commands["work"] = new();
        var owner = machine.Start("owner");
        var program = (SimulatedStart)machine.HostOf(owner.Identity).Spawn(new ProgramStart
        {
            Words = ["work"],
            Owner = new ProgramOwner("/ledger", "g", "s", "i"),
            Mode = SupervisorMode.Coupled,
        }).Program!;
        if (released) program.Release();
        foreach (var member in machine.Members(program.Identity.Pgid)) machine.Exit(member);
        var stranger = machine.Reuse(program.Leader, "stranger");

        machine.Exit(owner);

        Assert.Same(stranger, machine.Find(stranger.Identity.Pid));
    }
}
