using Ledger.Sim;
using Xunit.Abstractions;

namespace Ledger.Testing.Tests.Simulation;

/// <summary>The simulator finds what it is for: each planted fault, within so many seeds.</summary>
public sealed class MutationTests(ITestOutputHelper output)
{
    /// <summary>Name of the fault, and the seeds (from 1) within which it must be caught.</summary>
    public static TheoryData<string, int> Bounds => new()
    {
        { "fold-hears-zombies", 40 },
        { "fold-contains-everything", 40 },
        { "plan-leaves-own-frames", 40 },
        { "plan-leaves-crashed-frames", 40 },
        { "plan-tells-no-supervisor", 40 },
        { "plan-deletes-the-neighbour", 40 },
        { "plan-accuses-at-once", 40 },
        { "detector-hurries", 40 },
        { "detector-trusts-itself", 40 },
        { "detector-sleeps", 40 },
        { "log-loses-appends", 40 },
        { "log-skips-lines", 40 },
        { "log-reorders", 40 },
        { "log-forgets-the-backup", 40 },
        { "group-fold-hears-the-dead", 20 },
        { "group-fold-waits-for-the-draining", 20 },
        { "group-fold-leaves-commands-open", 20 },
        { "supervisors-keep-attempts", 60 },
        { "supervisors-have-no-owner", 30 },
        { "supervisors-outlive-the-dead", 30 },
        { "supervisors-wait-the-first-wait", 20 },
        { "group-plan-never-takes-over", 20 },
        { "group-plan-starts-nothing", 20 },
        { "group-plan-expires-nothing", 20 },
        { "group-plan-accuses-everybody", 20 },
        { "group-plan-stops-nothing", 20 },
        { "group-log-loses-appends", 20 },
        { "group-log-skips-lines", 20 },
        { "executor-makes-no-way", 80 },
        { "executor-begins-before-its-leave", 20 },
        { "executor-stops-nothing", 20 },
        { "executor-sweeps-strangers", 20 },
    };

    [Theory]
    [MemberData(nameof(Bounds))]
    public void A_planted_fault_is_caught(string name, int seeds)
    {
        var mutation = Mutations.Find(name)!;
        var simulator = Mutations.Simulate(mutation, mutation.Groups, 80);
        var caught = Enumerable.Range(1, seeds).Select(seed => simulator.Run((ulong)seed)).FirstOrDefault(r => r.Fault is not null);
        Assert.True(caught is not null, $"{name} was not caught by {seeds} seeds");
        output.WriteLine($"seed {caught.Seed}: {caught.Fault!.Split('\n')[0]}");
    }

    [Fact]
    public void Every_planted_fault_has_a_bound() =>
        Assert.Equal(Mutations.All.Select(m => m.Name).Order(), Bounds.Select(row => (string)row[0]).Order());
}
