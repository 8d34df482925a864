using Ledger.Groups;
using Ledger.Hosting.Supervision.Groups;
using Ledger.Model.Groups;
using Ledger.Platform;

namespace Ledger.Hosting;

/// <summary>A host that is itself the program of its supervisor: it runs already, and lets its services begin once the group has
/// accepted it; to stop it is to stop the host.</summary>
/// <param name="supervisorId">The supervisor.</param>
/// <param name="stopHost">Asks the host to stop.</param>
internal sealed class HostProgram(string supervisorId, Action stopHost) : IOwnProgram
{
    private readonly TaskCompletionSource servicesStopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool Runs(string id) => id == supervisorId;

    /// <summary>This process, where it leads a process group: only then its whole group is the program.</summary>
    public static ProgramIdentity? Own()
    {
        var self = HostIdentity.Current();
        return Libc.OwnProcessGroup() == self.Pid ? new ProgramIdentity(self.Pid, self.StartToken, self.Pid) : null;
    }

    public Task<IStartedProcess> HoldAsync(LedgerGroup group, SupervisorEntry supervisor, CancellationToken cancellationToken) =>
        Task.FromResult<IStartedProcess>(new Self());

    public Task StopAsync(SupervisorEntry supervisor, CancellationToken cancellationToken)
    {
        stopHost();
        return servicesStopped.Task.WaitAsync(cancellationToken);
    }

    /// <summary>The services that this host was for have stopped.</summary>
    public void ServicesStopped() => servicesStopped.TrySetResult();

    private sealed class Self : IStartedProcess
    {
        public ProgramIdentity? Program { get; } = Own();

        public void Release()
        {
            // Who waits for it sees it in the group's state.
        }

        public ValueTask DiscardAsync() => ValueTask.CompletedTask;
    }
}
