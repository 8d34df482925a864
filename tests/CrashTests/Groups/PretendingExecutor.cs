using System.Collections.Immutable;
using Ledger.Groups;
using Ledger.Model.Groups;

namespace Ledger.CrashTests.Groups;

/// <summary>Says of its supervisor that its program was a process of this number, which began at another time.</summary>
internal sealed class PretendingExecutor(int pid) : IGroupExecutor, IStartedProcess
{
    public ProgramIdentity Program => new(pid, "1", pid);

    ProgramIdentity? IStartedProcess.Program => Program;

    public Task<ImmutableArray<string>> MakeWayAsync(LedgerGroup group, SupervisorEntry supervisor, CancellationToken cancellationToken) =>
        Task.FromResult(ImmutableArray<string>.Empty);

    public Task<ImmutableArray<string>> ReleaseAsync(LedgerGroup group, SupervisorEntry supervisor, CancellationToken cancellationToken) =>
        Task.FromResult(ImmutableArray<string>.Empty);

    public Task<IStartedProcess> HoldAsync(LedgerGroup group, SupervisorEntry supervisor, CancellationToken cancellationToken) =>
        Task.FromResult<IStartedProcess>(this);

    public Task<IStartedProcess> SpawnAsync(LedgerGroup group, SupervisorEntry supervisor, string token, CancellationToken cancellationToken) =>
        throw new StartFailedException("spawn", "it only pretends");

    public Task StopAsync(LedgerGroup group, SupervisorEntry supervisor, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<ImmutableArray<string>> SweepAsync(LedgerGroup group, CancellationToken cancellationToken) =>
        Task.FromResult(ImmutableArray<string>.Empty);

    public void Release()
    {
        // It runs already.
    }

    public ValueTask DiscardAsync() => ValueTask.CompletedTask;
}
