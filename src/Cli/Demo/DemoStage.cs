using Ledger.Cli.Rendering;
using Ledger.Cli.Shared;
using Ledger.Model;

namespace Ledger.Cli.Demo;

/// <summary>A temporary ledger with the demo's processes; whatever happens, these are ended and the directory is gone
/// afterwards.</summary>
internal sealed class DemoStage : IAsyncDisposable
{
    public const string OperationId = "demo";

    private readonly Narrator narrator;
    private readonly string root;
    private readonly bool keep;
    private readonly LedgerDirectory ledger;
    private readonly List<Subprocess> processes = [];
    private readonly Dictionary<string, double> figures = [];
    private readonly CancellationTokenSource stop = new();
    private readonly TaskCompletionSource<OperationState> terminal = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long told;
    private Task following = Task.CompletedTask;

    private DemoStage(Narrator narrator, string root, bool keep, LedgerDirectory ledger) =>
        (this.narrator, this.root, this.keep, this.ledger) = (narrator, root, keep, ledger);

    /// <summary>Measured milliseconds by what they measure.</summary>
    public IReadOnlyDictionary<string, double> Figures => figures;

    public IReadOnlyList<Subprocess> Processes => processes;

    public Narrator Narrator => narrator;

    public static async Task<DemoStage> OpenAsync(
        DemoScenario scenario, Narrator narrator, bool keep, CancellationToken cancellationToken)
    {
        var root = Directory.CreateTempSubdirectory("ledger-demo-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(root, "files"));
            var ledger = await LedgerDirectory.OpenAsync(new LedgerOptions
            {
                Path = Path.Combine(root, "ledger"),
                HeartbeatInterval = TimeSpan.FromMilliseconds(200),
                StalenessThreshold = scenario.Threshold,
            }, cancellationToken);
            return new DemoStage(narrator, root, keep, ledger);
        }
        catch
        {
            Directory.Delete(root, recursive: true);
            throw;
        }
    }

    /// <summary>Starts a process for each name, and has each make its call below the one before.</summary>
    public async Task BeginAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        for (var i = 0; i < names.Count; i++)
        {
            List<string> arguments =
            [
                DemoParticipantCommand.Name, "--ledger", ledger.Path, "--files", Path.Combine(root, "files"), "--name", names[i],
            ];
            if (i > 0) arguments.AddRange(["--caller", names[i - 1]]);
            processes.Add(Subprocess.Start(names[i], arguments, OnLine));
        }
        foreach (var process in processes) await process.SaysAsync("ready", cancellationToken);
        foreach (var process in processes)
        {
            process.Tell("go");
            await process.SaysAsync("started", cancellationToken);
            if (following.IsCompleted) following = FollowAsync();
        }
        await ToldAsync(cancellationToken);
    }

    public Subprocess Find(string name) => processes.Single(p => p.Name == name);

    public Task<OperationState> TerminalAsync(CancellationToken cancellationToken) => terminal.Task.WaitAsync(cancellationToken);

    /// <summary>Waits until all that is in the log has been told.</summary>
    public async Task ToldAsync(CancellationToken cancellationToken)
    {
        var goal = ledger.Read(OperationId).Position;
        while (true)
        {
            var next = more.Task;
            if (Volatile.Read(ref told) >= goal) return;
            await next.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Takes the figures of a loss: when each survivor was told, and when the operation had failed.</summary>
    public async Task MeasureAsync(string what, long begin, IEnumerable<Subprocess> survivors, CancellationToken cancellationToken)
    {
        var ends = new List<double>();
        foreach (var survivor in survivors)
        {
            figures[$"{what} → {survivor.Name} told"] = Since(begin, await survivor.SaysAsync("told", cancellationToken));
            ends.Add(Since(begin, await survivor.SaysAsync("ended", cancellationToken)));
        }
        figures[$"{what} → operation failed"] = ends.Min();
    }

    /// <summary>What is not as it must be at the end.</summary>
    public async Task<List<string>> FaultsAsync(OperationStatus status, CauseType? cause, string? culprit, CancellationToken cancellationToken)
    {
        var faults = new List<string>();
        var state = await TerminalAsync(cancellationToken);
        await following.WaitAsync(cancellationToken);
        if (state.Status != status || state.Cause?.Type != cause || (culprit is not null && state.Cause?.ParticipantId != culprit))
            faults.Add($"it ended as {state.StatusText}");
        foreach (var process in processes.Where(p => p.Name != culprit || cause != CauseType.ParticipantCrashed))
        {
            var code = await process.ExitAsync(cancellationToken);
            if (code != 0) faults.Add($"{process.Name} ended with exit code {code}");
        }
        faults.AddRange(Directory.GetFiles(Path.Combine(root, "files")).Select(f => $"{Path.GetFileName(f)} was not deleted"));
        var kept = ledger.Read(OperationId);
        if (kept.Status != status) faults.Add("the history does not say so");
        narrator.Say("demo", "history", $"the history is kept: {kept.Position} entries; all temporary files are gone", Styles.Faint);
        return faults;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes) await process.DisposeAsync();
        await stop.CancelAsync();
        await following;
        stop.Dispose();
        if (keep) narrator.Say("demo", "kept", $"look around: ledger --ledger {ledger.Path} log {OperationId}; then: rm -r {root}");
        else Directory.Delete(root, recursive: true);
    }

    private void OnLine(Subprocess process, SubprocessLine line)
    {
        if (line.Text.Length == 0) return;
        narrator.Say(process.Name, line.Event, line.Text, line.Event is "told" or "fenced" ? Styles.Warning : Styles.Faint);
    }

    private async Task FollowAsync()
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            await foreach (var change in ledger.StateChanges(OperationId, 0, true, stop.Token))
            {
                names[change.Entry.Incarnation] = change.Entry.ParticipantId;
                narrator.Entry(change, i => names.GetValueOrDefault(i, i));
                Volatile.Write(ref told, change.Position);
                Interlocked.Exchange(ref more, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
                if (change.State.IsTerminal) terminal.TrySetResult(change.State);
            }
        }
        catch (OperationCanceledException)
        {
            terminal.TrySetCanceled();
        }
    }

    private static double Since(long begin, SubprocessLine line) => TimeProvider.System.GetElapsedTime(begin, line.At).TotalMilliseconds;
}
