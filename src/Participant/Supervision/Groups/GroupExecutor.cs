using System.Collections.Immutable;
using Ledger.Groups;
using Ledger.Model.Groups;
using Ledger.Platform.Programs;
using Ledger.Runtime.Groups;

namespace Ledger.Hosting.Supervision.Groups;

/// <summary>Does what the group decided about processes of this host, by <see cref="ProgramControl"/>.</summary>
/// <param name="host">The processes.</param>
/// <param name="time">Measures waiting.</param>
/// <param name="own">What this process itself runs; null: nothing.</param>
/// <param name="tell">Told, for people, what is done for others.</param>
internal sealed class GroupExecutor(IProgramHost host, TimeProvider time, IOwnProgram? own, Action<string> tell) : IGroupExecutor
{
    /// <summary>How long to wait for what is still held after the old program was ended.</summary>
    private static readonly TimeSpan ReleaseBound = TimeSpan.FromSeconds(5);

    private readonly ProgramControl control = new(host, time);
    private readonly Lock gate = new();
    private OrphanSweep? sweep;

    public Task<ImmutableArray<string>> MakeWayAsync(
        LedgerGroup group, SupervisorEntry supervisor, CancellationToken cancellationToken) =>
        ReleaseAsync(group, supervisor, supervisor.Settings.Ports, cancellationToken);

    public Task<ImmutableArray<string>> ReleaseAsync(
        LedgerGroup group, SupervisorEntry supervisor, CancellationToken cancellationToken) =>
        ReleaseAsync(group, supervisor, [], cancellationToken);

    public Task<IStartedProcess> HoldAsync(LedgerGroup group, SupervisorEntry supervisor, CancellationToken cancellationToken) =>
        own is { } mine && mine.Runs(supervisor.SupervisorId)
            ? mine.HoldAsync(group, supervisor, cancellationToken)
            : throw new StartFailedException("program", $"this process does not run '{supervisor.SupervisorId}'");

    public Task<IStartedProcess> SpawnAsync(
        LedgerGroup group, SupervisorEntry supervisor, string token, CancellationToken cancellationToken)
    {
        if (supervisor.Settings.StartInfo is not { } start) throw new StartFailedException("program", "there is no start info");
        var ledger = group.Participant.Directory;
        var environment = start.EnvironmentFile is { } file
            ? GroupSecrets.Read(ledger.Context, file).ToDictionary(each => each.Key, each => (string?)each.Value, StringComparer.Ordinal)
            : [];
        environment[StartVariables.TokenName] = token;
        var begun = control.Spawn(new ProgramStart
        {
            Words = [.. supervisor.Settings.Launcher, start.Command, .. start.Args],
            Owner = new ProgramOwner(ledger.Path, group.GroupId, supervisor.SupervisorId, group.Participant.Incarnation),
            Mode = supervisor.Settings.Mode,
            WorkingDirectory = start.WorkingDirectory,
            Environment = environment,
            NoInput = true,
        });
        if (begun.Failure is { } failure) throw StartSteps.Failed(failure);
        tell($"starts {supervisor.SupervisorId} from here (process {begun.Program!.Identity.Pid})");
        var process = new SpawnedProcess(group, supervisor, begun.Program, control, tell);
        process.Begin();
        return Task.FromResult<IStartedProcess>(process);
    }

    public Task StopAsync(LedgerGroup group, SupervisorEntry supervisor, CancellationToken cancellationToken) =>
        own is { } mine && mine.Runs(supervisor.SupervisorId)
            ? mine.StopAsync(supervisor, cancellationToken)
            : Task.CompletedTask;

    public async Task<ImmutableArray<string>> SweepAsync(LedgerGroup group, CancellationToken cancellationToken)
    {
        OrphanSweep mine;
        lock (gate) mine = sweep ??= new OrphanSweep(host, time, group.Participant.Directory.Path, group.GroupId);
        var report = await mine.SweepAsync(
            process => Ownership.IsOwned(group.State, process), ReleaseBound, cancellationToken).ConfigureAwait(false);
        return [.. report.Found.Select(process => Ownership.Describe(process, ""))];
    }

    private async Task<ImmutableArray<string>> ReleaseAsync(
        LedgerGroup group, SupervisorEntry supervisor, IReadOnlyList<int> ports, CancellationToken cancellationToken)
    {
        var path = group.Participant.Directory.Path;
        var request = new ReleaseRequest
        {
            Grace = TimeSpan.FromMilliseconds(supervisor.Settings.StopGraceMs),
            Bound = ReleaseBound,
        };
        // First who would start the program anew.
        if (OldPrograms.Wrapper(group.State, supervisor, path) is { } wrapper)
        {
            var held = await control.ReleaseAsync(request with { Old = wrapper }, cancellationToken).ConfigureAwait(false);
            if (!held.IsReleased) return [.. held.Held];
        }
        foreach (var forgotten in ForgottenPrograms.Find(
            host, group.State, supervisor, path, process => Ownership.IsOwned(group.State, process)))
        {
            var held = await control.ReleaseAsync(request with { Old = forgotten }, cancellationToken).ConfigureAwait(false);
            if (!held.IsReleased) return [.. held.Held];
        }
        var report = await control.ReleaseAsync(
            request with { Old = OldPrograms.Program(group.State, supervisor, path), Ports = ports }, cancellationToken)
            .ConfigureAwait(false);
        return [.. report.Held];
    }
}
