using Ledger.Cli.Run;
using Ledger.Model;
using Ledger.Platform;

namespace Ledger.CrashTests.Run;

/// <summary>A ledger in a temporary directory, and the runs in it. When the test is over, both are gone.</summary>
internal sealed class TestLedger : IDisposable
{
    private readonly DirectoryInfo scratch = Directory.CreateTempSubdirectory("ledger-run-");
    private readonly List<LedgerProcess> runs = [];

    /// <summary>The ledger; the first run makes it.</summary>
    public string Path => File("ledger");

    public string File(string name) => System.IO.Path.Combine(scratch.FullName, name);

    /// <summary>Makes one, by which a command waits for the test.</summary>
    public string Fifo(string name)
    {
        using var made = System.Diagnostics.Process.Start("mkfifo", [File(name)]);
        made.WaitForExit();
        return File(name);
    }

    /// <summary>What to start for a run, also within another one; its events go to the file of that name.</summary>
    public string[] Words(string events, params string[] arguments) =>
    [
        "/bin/sh", "-c", "exec \"$@\" 7>\"$0\"", File(events), .. OwnCommand.Words, "run", "--ledger", Path, "--status-fd", "7",
        .. arguments,
    ];

    public RunEvents Events(string events) => new(File(events));

    public LedgerProcess Run(params string[] arguments) => RunAs($"run{runs.Count}", arguments);

    public LedgerProcess RunAs(string events, params string[] arguments) => Start(Words(events, arguments), events);

    /// <summary>Starts words that <see cref="Words"/> made.</summary>
    public LedgerProcess Start(string[] words, string events, IReadOnlyDictionary<string, string>? variables = null)
    {
        var run = LedgerProcess.Start(words, File(events), variables);
        runs.Add(run);
        return run;
    }

    public LedgerProcess RunWith(IReadOnlyDictionary<string, string> variables, params string[] arguments) =>
        Start(Words($"run{runs.Count}", arguments), $"run{runs.Count}", variables);

    /// <summary>Another verb than run.</summary>
    public static string[] Verb(params string[] arguments) => [.. OwnCommand.Words, .. arguments];

    /// <summary>The ledger's read side, in this process.</summary>
    public Task<LedgerDirectory> OpenAsync(bool create = false, TimeSpan? heartbeat = null, TimeSpan? threshold = null)
    {
        var options = new LedgerOptions { Path = Path, Create = create };
        if (heartbeat is { } h) options = options with { HeartbeatInterval = h, StalenessThreshold = threshold!.Value };
        return LedgerDirectory.OpenAsync(options);
    }

    /// <summary>Makes one whose silent participants count as crashed sooner than by default, and later than a busy machine holds a
    /// living one up.</summary>
    public Task<LedgerDirectory> CreateQuickAsync() => OpenAsync(create: true, TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(2));

    public async Task<OperationState> ReadAsync(string operationId) => (await OpenAsync()).Read(operationId);

    /// <summary>Waits for a state of an operation.</summary>
    public async Task<OperationState> Until(string operationId, OperationStatus status)
    {
        var ledger = await OpenAsync();
        await Eventually.True(() => ledger.Read(operationId).Status == status, $"{operationId} {status}");
        return ledger.Read(operationId);
    }

    /// <summary>Processes of this ledger's commands, by their environment.</summary>
    public IReadOnlyList<int> Processes() =>
    [
        .. Procfs.Pids().Where(pid => ProcStat.Read(pid) is { IsGone: false }
            && ProcessVariables.Has(Procfs.Read($"/proc/{pid}/environ"), RunVariables.Path, Path)),
    ];

    public static bool IsAlive(int pid) => ProcStat.Read(pid) is { IsGone: false };

    public void Dispose()
    {
        foreach (var run in runs) run.Dispose();
        foreach (var pid in Processes()) _ = Libc.Kill(pid, Signals.Kill);
        scratch.Delete(recursive: true);
    }
}
