using System.Reflection;
using Ledger.Hosting.Supervision;
using Ledger.Model.Groups;
using Ledger.Platform.Programs;
using Ledger.Testing;

namespace Ledger.Hosting.Tests.Supervision;

/// <summary>A class that runs the contract of a mode on a host.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ModeOnAttribute(SupervisorMode mode, Type host) : Attribute
{
    public (SupervisorMode Mode, Type Host) Pair => (mode, host);
}

/// <summary>A test of the contract.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class HostFactAttribute : FactAttribute
{
    public HostFactAttribute()
    {
        if (!OperatingSystem.IsLinux()) Skip = "Needs Linux: looks at processes through /proc.";
    }
}

[ModeOn(SupervisorMode.Coupled, typeof(ProgramHost))]
public sealed class CoupledProcesses : OwnedModeContract
{
    private protected override SupervisorMode Mode => SupervisorMode.Coupled;
    private protected override ProgramBench Bench { get; } = new RealBench();
}

[ModeOn(SupervisorMode.Coupled, typeof(SimulatedProgramHost))]
public sealed class SimulatedCoupledProcesses : OwnedModeContract
{
    private protected override SupervisorMode Mode => SupervisorMode.Coupled;
    private protected override ProgramBench Bench { get; } = new SimulatedBench();
}

[ModeOn(SupervisorMode.Independent, typeof(ProgramHost))]
public sealed class IndependentProcesses : OwnedModeContract
{
    private protected override SupervisorMode Mode => SupervisorMode.Independent;
    private protected override ProgramBench Bench { get; } = new RealBench();
}

[ModeOn(SupervisorMode.Independent, typeof(SimulatedProgramHost))]
public sealed class SimulatedIndependentProcesses : OwnedModeContract
{
    private protected override SupervisorMode Mode => SupervisorMode.Independent;
    private protected override ProgramBench Bench { get; } = new SimulatedBench();
}

[ModeOn(SupervisorMode.Supervised, typeof(ProgramHost))]
public sealed class SupervisedProcesses : ForeignModeContract
{
    private protected override SupervisorMode Mode => SupervisorMode.Supervised;
    private protected override ProgramBench Bench { get; } = new RealBench();
}

[ModeOn(SupervisorMode.Supervised, typeof(SimulatedProgramHost))]
public sealed class SimulatedSupervisedProcesses : ForeignModeContract
{
    private protected override SupervisorMode Mode => SupervisorMode.Supervised;
    private protected override ProgramBench Bench { get; } = new SimulatedBench();
}

[ModeOn(SupervisorMode.Distributed, typeof(ProgramHost))]
public sealed class DistributedProcesses : ForeignModeContract
{
    private protected override SupervisorMode Mode => SupervisorMode.Distributed;
    private protected override ProgramBench Bench { get; } = new RealBench();
}

[ModeOn(SupervisorMode.Distributed, typeof(SimulatedProgramHost))]
public sealed class SimulatedDistributedProcesses : ForeignModeContract
{
    private protected override SupervisorMode Mode => SupervisorMode.Distributed;
    private protected override ProgramBench Bench { get; } = new SimulatedBench();
}

public sealed class ModeSuites
{
    [Fact]
    public void Every_mode_has_its_contract_on_every_host()
    {
        var hosts = new[] { typeof(IProgramHost), typeof(ProgramHost), typeof(SimulatedProgramHost) }
            .SelectMany(type => type.Assembly.GetTypes())
            .Where(type => type.IsClass && type.IsAssignableTo(typeof(IProgramHost)));
        var wanted = Enum.GetValues<SupervisorMode>().SelectMany(mode => hosts.Select(host => (mode, host)));
        var present = typeof(ModeSuites).Assembly.GetTypes()
            .Where(type => type.IsAssignableTo(typeof(OwnedModeContract)) || type.IsAssignableTo(typeof(ForeignModeContract)))
            .Select(type => type.GetCustomAttribute<ModeOnAttribute>()?.Pair).OfType<(SupervisorMode, Type)>().ToHashSet();

        Assert.Empty(wanted.Except(present));
    }
}
