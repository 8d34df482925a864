using Ledger.Model.Groups;
using Ledger.Platform.Programs;

namespace Ledger.Hosting.Tests.Supervision;

/// <summary>What the modes supervised and distributed promise, on every host: hands off.</summary>
public abstract class ForeignModeContract : IDisposable
{
    private protected abstract SupervisorMode Mode { get; }

    private protected abstract ProgramBench Bench { get; }

    public void Dispose()
    {
        Bench.Dispose();
        GC.SuppressFinalize(this);
    }

    [HostFact]
    public void Starting_is_refused_also_by_the_host_itself()
    {
        var start = Bench.Start(Mode, Bench.Words(Kind.Obedient));
        foreach (var spawn in new[] { Bench.Control.Spawn(start), Bench.Host.Spawn(start) })
        {
            Assert.Null(spawn.Program);
            Assert.Equal(new SpawnFailure(SpawnStep.Mode, Mode.Refusal()), spawn.Failure);
        }

        Assert.Empty(Bench.Host.Find(Bench.Owner.LedgerPath, Bench.Owner.Group));
    }

    [HostFact]
    public async Task Ending_and_releasing_are_refused_and_nobody_is_signalled()
    {
        var program = await Bench.Running(SupervisorMode.Coupled, Kind.Family);
        var foreign = program.Identity with { Mode = Mode };

        var end = await Bench.Run(() => Bench.Control.EndAsync(foreign, ProgramBench.Short, default));
        var request = new ReleaseRequest { Old = foreign, Grace = ProgramBench.Short, Bound = ProgramBench.Short };
        var report = await Bench.Run(() => Bench.Control.ReleaseAsync(request, default));

        Assert.Equal((null, Mode.Refusal(), false), (end.Group, end.Refusal, end.IsGone));
        Assert.Equal([Mode.Refusal()], report.Held);
        Assert.Equal(3, Bench.Members(program.Identity.Pgid).Count);
    }
}
