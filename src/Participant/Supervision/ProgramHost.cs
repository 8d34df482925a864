using System.Collections.Concurrent;
using Ledger.Hosting.Processes;
using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Platform;
using Ledger.Platform.Programs;

namespace Ledger.Hosting.Supervision;

/// <summary>The real processes. Linux.</summary>
internal sealed class ProgramHost : IProgramHost
{
    private readonly ConcurrentDictionary<int, RealProgram> _own = [];
    private readonly Action<Exception> _onError;

    /// <summary>What threads that wait for programs throw goes to <paramref name="onError"/>.</summary>
    public ProgramHost(Action<Exception> onError)
    {
        _onError = onError;
        Self = HostIdentity.Current();
    }

    public ProcessIdentity Self { get; }

    public ProgramSpawn Spawn(ProgramStart start)
    {
        if (!start.Mode.OwnsProcesses()) return ProgramSpawn.Failed(SpawnStep.Mode, start.Mode.Refusal());
        var plan = ProgramLaunch.Prepare(start, out var output, out var failure);
        using (output)
        {
            if (plan is null) return new ProgramSpawn(null, failure);
            try
            {
                var command = ChildCommand.Start(plan, _onError);
                var identity = new HostedProgram(
                    Self with { Pid = command.Pid, StartToken = command.StartToken }, command.Pgid, start.Mode, start.Owner);
                var program = new RealProgram(command, identity, Forget);
                _own[command.Pgid] = program;
                return new ProgramSpawn(program, null);
            }
            catch (LedgerException error)
            {
                return ProgramSpawn.Failed(SpawnStep.Process, error.Message);
            }
        }
    }

    public ProcessState Look(ProcessIdentity process) => !process.SharesPidsWith(Self) || process.Pid <= 0
        ? ProcessState.Unknown
        : ProcessTable.Look(process.Pid, process.StartToken);

    public IProcessGroup Group(HostedProgram program) => new ProcessGroup(program.AsGroup, () => HoldsGroup(program));

    public PortHold? Hold(int port) => TcpPorts.Hold(port);

    public IReadOnlyList<FoundProcess> Find(string ledgerPath, string group) =>
        MarkedProcesses.Find(Self, ledgerPath, group);

    public string Name(int pid) => Procfs.Name(pid);

    /// <summary>True for a program of this process whose lifeline keeps its number.</summary>
    private bool HoldsGroup(HostedProgram program) =>
        _own.TryGetValue(program.Pgid, out var own) && own.Identity == program && own.HoldsGroup;

    private void Forget(RealProgram program) => _own.TryRemove(new(program.Identity.Pgid, program));
}

/// <summary>A program in a process group of its own.</summary>
internal sealed class RealProgram(ChildCommand command, HostedProgram identity, Action<RealProgram> onDisposed) : IProgram
{
    public HostedProgram Identity => identity;

    public bool HoldsGroup => command.HoldsGroup;

    /// <summary>For the terminal, and for stops.</summary>
    public ChildCommand Command => command;

    public void Release() => command.Release();

    public void Discard() => command.Discard();

    public async Task<int> WaitAsync(CancellationToken cancellation) =>
        (await command.WaitAsync(cancellation).ConfigureAwait(false)).Code;

    public void Dispose()
    {
        // What the leader left in its group would outlive its lifeline.
        if (identity.Mode == SupervisorMode.Coupled) command.Signal(Signals.Kill);
        command.Dispose();
        onDisposed(this);
    }
}
