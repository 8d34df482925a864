using System.Collections.Immutable;
using Ledger.Groups;
using Ledger.Model.Groups;
using Ledger.Testing.Simulation.Supervision;

namespace Ledger.Sim;

/// <summary>Members that do something else with processes than the group decided.</summary>
internal static class ExecutorMutations
{
    public static IReadOnlyList<Mutation> All { get; } =
    [
        Mutation.OfExecutors("executor-makes-no-way", "a start does not look for the old program", e => new Faulty(e) { MakesNoWay = true }),
        Mutation.OfExecutors("executor-begins-before-its-leave", "a program begins while the group still decides", e => new Faulty(e) { Hurries = true }),
        Mutation.OfExecutors("executor-stops-nothing", "a program goes on that was to stop", e => new Faulty(e) { StopsNothing = true }),
        Mutation.OfExecutors("executor-sweeps-strangers", "a sweep ends what is not its group's", e => new Faulty(e) { SweepsStrangers = true }),
    ];

    /// <summary>Passes everything on but for its faults.</summary>
    private sealed class Faulty(IGroupExecutor executor) : IGroupExecutor
    {
        public bool MakesNoWay { get; init; }

        public bool Hurries { get; init; }

        public bool StopsNothing { get; init; }

        public bool SweepsStrangers { get; init; }

        public Task<ImmutableArray<string>> MakeWayAsync(LedgerGroup group, SupervisorEntry supervisor, CancellationToken cancellationToken) =>
            MakesNoWay ? Task.FromResult(ImmutableArray<string>.Empty) : executor.MakeWayAsync(group, supervisor, cancellationToken);

        public Task<ImmutableArray<string>> ReleaseAsync(LedgerGroup group, SupervisorEntry supervisor, CancellationToken cancellationToken) =>
            executor.ReleaseAsync(group, supervisor, cancellationToken);

        public async Task<IStartedProcess> HoldAsync(LedgerGroup group, SupervisorEntry supervisor, CancellationToken cancellationToken)
        {
            var held = await executor.HoldAsync(group, supervisor, cancellationToken).ConfigureAwait(false);
            if (Hurries) held.Release();
            return held;
        }

        public Task<IStartedProcess> SpawnAsync(
            LedgerGroup group, SupervisorEntry supervisor, string token, CancellationToken cancellationToken) =>
            executor.SpawnAsync(group, supervisor, token, cancellationToken);

        public Task StopAsync(LedgerGroup group, SupervisorEntry supervisor, CancellationToken cancellationToken) =>
            StopsNothing ? Task.CompletedTask : executor.StopAsync(group, supervisor, cancellationToken);

        public Task<ImmutableArray<string>> SweepAsync(LedgerGroup group, CancellationToken cancellationToken)
        {
            if (SweepsStrangers) ((StageExecutor)executor).EndNeighbours();
            return executor.SweepAsync(group, cancellationToken);
        }
    }
}
