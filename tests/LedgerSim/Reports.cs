using System.Globalization;
using Ledger.Testing.Simulation;

namespace Ledger.Sim;

/// <summary>Runs seeds and tells what came of them.</summary>
internal static class Reports
{
    private static readonly TimeSpan ShrinkFor = TimeSpan.FromMinutes(2);

    /// <summary>Runs one seed and tells its steps.</summary>
    public static int Replay(Simulator simulator, ulong seed)
    {
        foreach (var (index, step) in simulator.Plan(seed).Index()) Console.WriteLine($"{index + 1,4} {step}");
        var result = simulator.Run(seed);
        Console.WriteLine($"seed {seed}: {result.Entries} entries, {result.Simulated} simulated, digest {result.Digest}");
        Console.WriteLine(Faults(result.Injected));
        return result.Fault is null ? 0 : Fail(simulator, result);
    }

    /// <summary>Runs many seeds, until one fails.</summary>
    public static int RunAll(Simulator simulator, SimRequest request)
    {
        var start = TimeProvider.System.GetTimestamp();
        var next = request.From - 1;
        var (runs, steps, entries, simulated, digests) = (0L, 0L, 0L, TimeSpan.Zero, 0UL);
        var faults = FaultCounts.None;
        SimulationResult? failed = null;
        var gate = new Lock();
        var workers = Enumerable.Range(0, request.Threads).Select(_ => new Thread(Work)).ToList();
        workers.ForEach(w => w.Start());
        workers.ForEach(w => w.Join());
        var took = TimeProvider.System.GetElapsedTime(start);
        Console.WriteLine($"{runs} seeds from {request.From}, {steps} steps, {entries} entries, {simulated.TotalHours:0.0} hours simulated in {took.TotalSeconds:0} s, digest {digests:x16}");
        Console.WriteLine(Faults(faults));
        return failed is null ? 0 : Fail(simulator, failed);

        void Work()
        {
            while (true)
            {
                ulong seed;
                lock (gate)
                {
                    var isOver = request.Limit is { } limit && TimeProvider.System.GetElapsedTime(start) >= limit;
                    if (failed is not null || isOver || next - (request.From - 1) >= request.Seeds) return;
                    seed = ++next;
                }
                var result = simulator.Run(seed);
                lock (gate)
                {
                    (runs, steps, entries, simulated) = (runs + 1, steps + result.Steps, entries + result.Entries, simulated + result.Simulated);
                    faults = faults.Add(result.Injected);
                    digests += ulong.Parse(result.Digest, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                    if (result.Fault is not null && (failed is null || result.Seed < failed.Seed)) failed = result;
                }
            }
        }
    }

    private static string Faults(FaultCounts faults) => string.Create(CultureInfo.InvariantCulture, $"{faults.Total:n0} faults: {faults}");

    private static int Fail(Simulator simulator, SimulationResult failed)
    {
        var at = failed.FailedAt is { } step ? $"step {failed.Steps}: {step}" : $"the end, after {failed.Steps} steps";
        Console.WriteLine($"seed {failed.Seed} fails at {at}\n{failed.Fault}");
        var start = TimeProvider.System.GetTimestamp();
        var all = simulator.Plan(failed.Seed);
        var fewest = simulator.Shrink(failed.Seed, all, () => TimeProvider.System.GetElapsedTime(start) < ShrinkFor);
        var again = simulator.Run(failed.Seed, fewest);
        Console.WriteLine($"{fewest.Count} of {all.Count} steps suffice:");
        foreach (var kept in fewest) Console.WriteLine($"  {kept}");
        Console.WriteLine(again.Fault);
        return 1;
    }
}
