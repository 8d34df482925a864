using System.Diagnostics;
using System.Globalization;
using Ledger.Model;
using Ledger.Platform;

namespace Ledger.Benchmarks;

/// <summary>Kills the middle of a chain of three <c>ledger run</c> and measures until each command gets TERM and until the
/// operation has failed. Every round also checks that nothing is left.</summary>
internal sealed class Chain(LedgerDirectory ledger, string program, string scratch, bool isNested)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    /// <summary>A command that says when it got TERM, by the monotonic clock that this process measures with. TERM is blocked
    /// but while it waits, or one that comes just before it sleeps would be heard after the sleep.</summary>
    private static readonly string[] Probe =
    [
        "perl", "-MPOSIX", "-MTime::HiRes=clock_gettime,CLOCK_MONOTONIC", "-e",
        """$| = 1; sigprocmask(SIG_BLOCK, POSIX::SigSet->new(SIGTERM)); """
        + """$SIG{TERM} = sub { my $t = clock_gettime(CLOCK_MONOTONIC); printf "term %s %.6f\n", $ARGV[0], $t; exit 0 }; """
        + """print "ready $ARGV[0]\n"; sigsuspend(POSIX::SigSet->new) while 1""",
    ];

    private readonly string kind = isNested ? "nested" : "parallel";
    private readonly Dictionary<string, Measure> measures = [];

    /// <summary>The lines to print.</summary>
    public static async Task<IReadOnlyList<string>> RunAsync(string program, string scratch, int rounds)
    {
        var ledger = await LedgerDirectory.OpenAsync(new LedgerOptions { Path = Path.Combine(scratch, "ledger") });
        var lines = new List<string>();
        foreach (var isNested in new[] { false, true })
        {
            var chain = new Chain(ledger, program, scratch, isNested);
            for (var round = 0; round < rounds; round++) await chain.RoundAsync($"{chain.kind}-{round}");
            lines.AddRange(chain.measures.Values.Select(measure => measure.InMilliseconds()));
        }

        return lines;
    }

    private async Task RoundAsync(string operation)
    {
        using var bare = new Commands();
        bare.Start([.. Probe, "bare"]);
        await bare.HearAsync("ready bare");
        var started = TimeProvider.System.GetTimestamp();
        _ = Libc.Kill(bare.LastPid, Signals.Term);
        Note("TERM to a bare command", started, await bare.HearAsync("term bare"));

        using var runs = new Commands();
        foreach (var name in new[] { "a", "b", "c" })
        {
            if (!isNested) runs.Start(Words(operation, name, Probe));
            else if (name == "a") runs.Start(Nested(operation));
            await runs.HearAsync($"ready {name}");
        }

        var failed = FailedAsync(operation);
        var middle = ledger.Read(operation).Members.Values.Single(member => member.ParticipantId == "b").Process.Pid;
        started = TimeProvider.System.GetTimestamp();
        _ = Libc.Kill(middle, Signals.Kill);
        Note("TERM to the first's command", started, await runs.HearAsync("term a"));
        Note("TERM to the last's command", started, await runs.HearAsync("term c"));
        Note("TERM to the killed one's command", started, await runs.HearAsync("term b"));
        measures.TryAdd("failed", new Measure($"{kind}: operation failed"));
        measures["failed"].Add(TimeProvider.System.GetElapsedTime(started, await failed.WaitAsync(Bound)));
        await runs.EndAsync();
        await CheckAsync(operation);
    }

    private void Note(string what, long started, string said)
    {
        var seconds = double.Parse(said.Split(' ')[2], CultureInfo.InvariantCulture);
        measures.TryAdd(what, new Measure($"{kind}: {what}"));
        measures[what].Add(TimeSpan.FromSeconds(seconds - ((double)started / TimeProvider.System.TimestampFrequency)));
    }

    private async Task<long> FailedAsync(string operation)
    {
        await foreach (var change in ledger.StateChanges(operation, follow: true))
        {
            if (change.State.Status == OperationStatus.Failed) return TimeProvider.System.GetTimestamp();
        }

        throw new InvalidOperationException($"{operation} did not fail.");
    }

    /// <summary>No process, no file, no bad record.</summary>
    private async Task CheckAsync(string operation)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (Procfs.Pids().Any(pid => ProcessVariables.Has(Procfs.Read($"/proc/{pid}/environ"), "LEDGER_OPERATION", operation)))
        {
            if (TimeProvider.System.GetElapsedTime(deadline) > Bound) throw new InvalidOperationException("Processes are left.");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }

        if (Directory.GetFiles(scratch, "temp-*") is { Length: > 0 } left) throw new InvalidOperationException($"{left[0]} is left.");
        using var verify = Process.Start(new ProcessStartInfo(program, ["verify", operation, "--ledger", ledger.Path, "--json"])
        {
            RedirectStandardOutput = true,
        })!;
        await verify.StandardOutput.ReadToEndAsync();
        await verify.WaitForExitAsync();
        if (verify.ExitCode != 0) throw new InvalidOperationException($"ledger verify: {verify.ExitCode}");
    }

    /// <summary>Each within the command of the one before, beside its probe.</summary>
    private string[] Nested(string operation)
    {
        string[] inner = Words(operation, "c", Probe);
        foreach (var name in new[] { "b", "a" })
            inner = Words(operation, name, ["/bin/sh", "-c", $"{Quoted(inner)} & exec {Quoted([.. Probe, name])}"]);
        return inner;
    }

    private string[] Words(string operation, string name, string[] command)
    {
        var caller = name[0] == 'a' ? "--create" : $"--caller={(char)(name[0] - 1)}";
        var temp = Path.Combine(scratch, $"temp-{name}");
        string[] touching = ["/bin/sh", "-c", """touch "$0"; exec "$@" """, temp];
        string[] last = command == Probe ? [name] : [];
        return
        [
            program, "run", "--ledger", ledger.Path, "--operation", operation, "--name", name, "--call", name, caller,
            "--temp", temp, "--", .. touching, .. command, .. last,
        ];
    }

    private static string Quoted(string[] words) =>
        string.Join(' ', words.Select(word => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'"));
}
