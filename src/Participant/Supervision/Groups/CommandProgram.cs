using Ledger.Groups;
using Ledger.Model.Groups;
using Ledger.Platform.Programs;
using ProgramIdentity = Ledger.Model.Groups.ProgramIdentity;

namespace Ledger.Hosting.Supervision.Groups;

/// <summary>A command that this process runs as its supervisor's program: held until the group accepted its start, in a process
/// group of its own, with a lifeline. When it ends unasked, the group is told, and what is left of its process group ends
/// with it: it may never be started again.</summary>
/// <param name="supervisorId">The supervisor.</param>
/// <param name="host">Starts it.</param>
/// <param name="time">Measures waiting.</param>
/// <param name="tell">Told, for people, what becomes of it.</param>
internal sealed class CommandProgram(string supervisorId, IProgramHost host, TimeProvider time, Action<string> tell)
    : IAsyncDisposable
{
    private static readonly TimeSpan LastGrace = TimeSpan.FromSeconds(5);

    private readonly ProgramControl control = new(host, time);
    private readonly Lock gate = new();
    private IProgram? current;
    private bool stopping;

    public Task<IStartedProcess> HoldAsync(LedgerGroup group, SupervisorEntry supervisor, CancellationToken cancellationToken)
    {
        if (supervisor.Settings.StartInfo is not { } start) throw new StartFailedException("program", "there is no start info");
        // The way was made: what the last one left in its group is gone.
        Replace(null);
        var begun = control.Spawn(new ProgramStart
        {
            Words = [start.Command, .. start.Args],
            Owner = new ProgramOwner(
                group.Participant.Directory.Path, group.GroupId, supervisorId, group.Participant.Incarnation),
            // Whatever the supervisor's mode is: the program lives no longer than the process that runs it.
            Mode = SupervisorMode.Coupled,
            WorkingDirectory = start.WorkingDirectory,
            Environment = new Dictionary<string, string?> { [StartVariables.TokenName] = null },
            // A service; one that read the terminal would be stopped by it.
            NoInput = true,
        });
        if (begun.Failure is { } failure) throw StartSteps.Failed(failure);
        lock (gate) stopping = false;
        Replace(begun.Program);
        return Task.FromResult<IStartedProcess>(new Held(this, group, supervisor, begun.Program!));
    }

    public async Task StopAsync(SupervisorEntry supervisor, CancellationToken cancellationToken)
    {
        await EndAsync(TimeSpan.FromMilliseconds(supervisor.Settings.StopGraceMs), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Signals it with its process group, while it is there.</summary>
    public void Signal(int signal)
    {
        lock (gate) (current as RealProgram)?.Command.Signal(signal);
    }

    /// <summary>Ends it without a word to the group.</summary>
    public async Task EndAsync(TimeSpan grace, CancellationToken cancellationToken)
    {
        IProgram? program;
        lock (gate)
        {
            stopping = true;
            program = current;
        }
        if (program is not null) await control.EndAsync(program.Identity, grace, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync(LastGrace, CancellationToken.None).ConfigureAwait(false);
        Replace(null);
    }

    private void Tell(string message) => tell(message);

    private void Replace(IProgram? next)
    {
        IProgram? old;
        lock (gate) (old, current) = (current, next);
        old?.Dispose();
    }

    private async Task WatchAsync(LedgerGroup group, SupervisorEntry supervisor, IProgram program)
    {
        var end = await ExitAsync(program).ConfigureAwait(false);
        lock (gate)
        {
            if (stopping) return;
        }
        tell($"{supervisorId}: process {program.Identity.Pid} ended: {end}");
        try
        {
            await group.ReportFailedAsync(supervisorId, supervisor.Run, StartSteps.Program, end).ConfigureAwait(false);
        }
        finally
        {
            // Told first: what does not end at once must not hold up the restart, which makes its own way.
            var grace = TimeSpan.FromMilliseconds(supervisor.Settings.StopGraceMs);
            await control.EndAsync(program.Identity, grace, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static async Task<string> ExitAsync(IProgram program)
    {
        if (program is not RealProgram real) return $"exit code {await program.WaitAsync(CancellationToken.None).ConfigureAwait(false)}";
        var status = await real.Command.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        return status.Signal is { } signal ? $"signal {signal}" : $"exit code {status.Code}";
    }

    private sealed class Held(CommandProgram owner, LedgerGroup group, SupervisorEntry supervisor, IProgram program) : IStartedProcess
    {
        public ProgramIdentity? Program =>
            new(program.Identity.Pid, program.Identity.Process.StartToken, program.Identity.Pgid);

        public void Release()
        {
            program.Release();
            owner.Tell($"{supervisor.SupervisorId}: started (process {program.Identity.Pid})");
            _ = Task.Run(() => owner.WatchAsync(group, supervisor, program));
        }

        public ValueTask DiscardAsync()
        {
            program.Discard();
            owner.Replace(null);
            return ValueTask.CompletedTask;
        }
    }
}
