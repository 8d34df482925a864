using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Ledger.Groups;
using Ledger.Model.Groups;
using Ledger.Platform;

namespace Ledger.Benchmarks.Groups;

/// <summary>A group of real <c>ledger</c> processes in a ledger of its own, seen by this process, which is a member that neither
/// orchestrates nor spawns. Disposed of, nothing of it lives.</summary>
internal sealed class GroupStage : IAsyncDisposable
{
    public const string GroupId = "g";

    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly string program;
    private readonly List<Process> processes = [];
    private readonly LedgerParticipant self;

    private GroupStage(string program, LedgerParticipant self, LedgerGroup group) =>
        (this.program, this.self, Group) = (program, self, group);

    public LedgerGroup Group { get; }

    /// <summary>What the processes said, on both outputs.</summary>
    public ConcurrentQueue<string> Said { get; } = [];

    public GroupState State => Group.State;

    public string Path => self.Directory.Path;

    /// <summary>Joins a new group in a new ledger.</summary>
    /// <param name="program">The built command.</param>
    /// <param name="path">The ledger.</param>
    /// <param name="orchestrates">This process may be elected.</param>
    /// <param name="noise">Gets what the library logs here; null: nobody.</param>
    public static async Task<GroupStage> OpenAsync(string program, string path, bool orchestrates = false, Noise? noise = null)
    {
        var options = new LedgerOptions { Path = path };
        if (noise is not null) options = options with { Logging = noise };
        var ledger = await LedgerDirectory.OpenAsync(options);
        var self = await ledger.JoinAsync("bench");
        var group = await self.JoinGroupAsync(GroupId, new GroupOptions { CanOrchestrate = orchestrates });
        return new GroupStage(program, self, group);
    }

    public Process Start(params string[] verb)
    {
        var start = new ProcessStartInfo(program, [verb[0], "--ledger", Path, "--group", GroupId, .. verb[1..]])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        // A killed .NET process leaves its diagnostics sockets in the temporary directory.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        processes.Add(process);
        return process;
    }

    public Process Supervise(string id, string[] options, params string[] command) =>
        Start(["supervise", "--id", id, .. options, "--", .. command]);

    public Task<GroupState> UntilAsync(Func<GroupState, bool> condition) => Group.WaitUntilAsync(condition).WaitAsync(Bound);

    /// <summary>Waits until it runs, in a later run than the given one.</summary>
    public async Task<SupervisorEntry> RunningAsync(string id, long after = 0) =>
        (await UntilAsync(s => s.Supervisors.GetValueOrDefault(id) is { Status: SupervisorStatus.Running } x && x.Run > after)).Supervisors[id];

    /// <summary>The process of a supervisor's wrapper.</summary>
    public int WrapperOf(string id) => State.Members[State.Supervisors[id].Incarnation!].Process.Pid;

    public static void Kill(int pid)
    {
        if (Libc.Kill(pid, Signals.Kill) != 0) throw new InvalidOperationException($"Process {pid} cannot be killed.");
    }

    /// <summary>Processes that programs of this ledger started, by their environment.</summary>
    public IReadOnlyList<int> Programs() =>
    [
        .. Procfs.Pids().Where(pid => ProcStat.Read(pid) is { IsGone: false }
            && ProcessVariables.Has(Procfs.Read($"/proc/{pid}/environ"), ProcessVariables.Path, Path)),
    ];

    /// <summary>Waits until nothing that belongs to programs is left.</summary>
    public Task EmptyAsync() => WaitAsync(() => Programs().Count == 0, "the end of every program");

    /// <summary>Waits until a process has become a command.</summary>
    public static Task BecomesAsync(int pid, string name) => WaitAsync(
        () => Procfs.Read($"/proc/{pid}/cmdline") is { } line && System.IO.Path.GetFileName(line.Split('\0')[0]) == name,
        $"process {pid} as {name}");

    public static async Task WaitAsync(Func<bool> condition, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > Bound) throw new InvalidOperationException($"{what} does not come.");
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes)
        {
            if (!process.HasExited) process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
        foreach (var pid in Programs()) _ = Libc.Kill(pid, Signals.Kill);
        await EmptyAsync();
        await self.DisposeAsync();
    }

    public static string Number(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);

    private void Keep(string? line)
    {
        if (line is not null) Said.Enqueue(line);
    }
}
