using Ledger.Groups;
using Ledger.Model.Groups;
using Ledger.Platform.Programs;

namespace Ledger.Hosting.Supervision.Groups;

/// <summary>The commands of several supervisors that one process runs: each held, watched and ended for itself.</summary>
/// <param name="supervisorIds">The supervisors.</param>
/// <param name="host">Starts them.</param>
/// <param name="time">Measures waiting.</param>
/// <param name="tell">Told, for people, what becomes of them.</param>
internal sealed class CommandPrograms(IEnumerable<string> supervisorIds, IProgramHost host, TimeProvider time, Action<string> tell)
    : IOwnProgram, IAsyncDisposable
{
    private readonly Dictionary<string, CommandProgram> programs =
        supervisorIds.ToDictionary(id => id, id => new CommandProgram(id, host, time, tell), StringComparer.Ordinal);

    public bool Runs(string supervisorId) => programs.ContainsKey(supervisorId);

    public Task<IStartedProcess> HoldAsync(LedgerGroup group, SupervisorEntry supervisor, CancellationToken cancellationToken) =>
        programs[supervisor.SupervisorId].HoldAsync(group, supervisor, cancellationToken);

    public Task StopAsync(SupervisorEntry supervisor, CancellationToken cancellationToken) =>
        programs[supervisor.SupervisorId].StopAsync(supervisor, cancellationToken);

    /// <summary>Signals all that run now, each with its process group.</summary>
    public void Signal(int signal)
    {
        foreach (var each in programs.Values) each.Signal(signal);
    }

    /// <summary>Ends all without a word to the group.</summary>
    public Task EndAsync(TimeSpan grace, CancellationToken cancellationToken) =>
        Task.WhenAll(programs.Values.Select(each => each.EndAsync(grace, cancellationToken)));

    public async ValueTask DisposeAsync() =>
        await Task.WhenAll(programs.Values.Select(each => each.DisposeAsync().AsTask())).ConfigureAwait(false);
}
