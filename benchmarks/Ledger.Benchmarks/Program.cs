using System.Globalization;
using Ledger;
using Ledger.Benchmarks;
using Ledger.Runtime;

// Prints the figures of doc/benchmarks.md. Arguments: the directory to measure in (default: the temporary one), and the
// number of commits (default 100,000). Or "chain", the built command (Ledger.Cli.dll of a release build), and the number of
// rounds (default 20).
if (args is ["chain", var program, ..])
{
    var scratch = Directory.CreateTempSubdirectory("ledger-chain-");
    try
    {
        var rounds = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 20;
        foreach (var line in await Chain.RunAsync(Path.GetFullPath(program), scratch.FullName, rounds)) Console.WriteLine(line);
    }
    finally
    {
        scratch.Delete(recursive: true);
    }

    return;
}

var parent = args.Length > 0 ? args[0] : Path.GetTempPath();
var commits = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 100_000;
var directory = Directory.CreateDirectory(Path.Combine(parent, $"ledger-bench-{Environment.ProcessId}"));
try
{
    Console.WriteLine(Floor.Append(Path.Combine(directory.FullName, "floor"), commits));
    var ledger = await LedgerDirectory.OpenAsync(new LedgerOptions { Path = Path.Combine(directory.FullName, "ledger") });
    await using var participant = await ledger.JoinAsync("bench");
    await using var operation = await participant.CreateOperationAsync("commits");
    Console.WriteLine(await CommitAsync(operation, "warm-up", commits / 10));
    Console.WriteLine(await CommitAsync(operation, "commit", commits));
    Console.WriteLine(Heartbeats(participant, 20_000));
    Console.WriteLine(Fold(ledger, "commits"));
}
finally
{
    directory.Delete(recursive: true);
}

static async Task<Measure> CommitAsync(Operation operation, string name, int count)
{
    var measure = new Measure(name, count);
    for (var i = 0; i < count / 2; i++)
    {
        Call? call = null;
        var id = $"{name}-{i.ToString(CultureInfo.InvariantCulture)}";
        measure.Time(() => call = Finished(operation.StartCallAsync(id)));
        var started = call!;
        measure.Time(() => FinishedVoid(started.EndAsync()));
    }
    await Task.CompletedTask;
    return measure;
}

static Measure Heartbeats(LedgerParticipant participant, int count)
{
    var measure = new Measure("heartbeat", count);
    for (var i = 0; i < count; i++) measure.Time(() => participant.Core.Heartbeat.Beat());
    return measure;
}

static string Fold(LedgerDirectory ledger, string operationId)
{
    var start = TimeProvider.System.GetTimestamp();
    using var reader = new FoldReader(ledger.OpenLog(operationId));
    var entries = reader.ReadToEnd().Position;
    var ms = TimeProvider.System.GetElapsedTime(start).TotalMilliseconds;
    return string.Create(CultureInfo.InvariantCulture,
        $"{"fold",-28} {ms / entries * 100_000,8:0} ms per 100,000 entries   ({entries} entries in {ms:0} ms)");
}

// On an append log a commit never waits for anything: the task is complete when it is returned.
static Call Finished(ValueTask<Call> task) =>
    task.IsCompleted ? task.GetAwaiter().GetResult() : throw new InvalidOperationException("A commit went apart.");

static void FinishedVoid(ValueTask task)
{
    if (!task.IsCompleted) throw new InvalidOperationException("A commit went apart.");
    task.GetAwaiter().GetResult();
}
