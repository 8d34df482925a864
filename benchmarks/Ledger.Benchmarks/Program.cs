using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Ledger.Benchmarks;
using Ledger.Benchmarks.Groups;

// "chain", the published command, and the number of rounds (default 20): kills the middle of a chain of runs. "groups", the published
// command, and "--only NAME" as often as wanted: groups of processes. Anything else is for BenchmarkDotNet, which measures the pure
// parts; "--filter '*'" for all.
if (args is not ["chain" or "groups", var program, ..])
{
    // In this process: the library would build a project of its own, which central package versions do not allow.
    var config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
        .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "ledger-benchmarks"));
    BenchmarkSwitcher.FromAssembly(typeof(PureBenchmarks).Assembly).Run(args, config);
    return;
}

var scratch = Directory.CreateTempSubdirectory("ledger-chain-");
try
{
    if (args[0] == "groups")
    {
        foreach (var line in await GroupBenches.RunAsync(Path.GetFullPath(program), scratch.FullName, args[2..])) Console.WriteLine(line);
        return;
    }

    var rounds = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 20;
    foreach (var line in await Chain.RunAsync(Path.GetFullPath(program), scratch.FullName, rounds)) Console.WriteLine(line);
}
finally
{
    scratch.Delete(recursive: true);
}
