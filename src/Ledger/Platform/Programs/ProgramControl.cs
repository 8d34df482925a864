using Ledger.Model;

namespace Ledger.Platform.Programs;

/// <summary>What became of ending a program.</summary>
/// <param name="Group">What was done to its process group; null when it was left alone.</param>
/// <param name="Refusal">Why it was left alone.</param>
internal sealed record ProgramEnd(GroupOutcome? Group, string? Refusal)
{
    /// <summary>True when no proven process of it is left.</summary>
    public bool IsGone => Group is { End: GroupEnd.Nothing or GroupEnd.Ended or GroupEnd.Killed };
}

/// <summary>What has to be free before a program may be started in another's place.</summary>
internal sealed record ReleaseRequest
{
    /// <summary>The program to replace; null when there was none.</summary>
    public HostedProgram? Old { get; init; }

    /// <summary>TCP ports the new one will bind.</summary>
    public IReadOnlyList<int> Ports { get; init; } = [];

    /// <summary>Time between TERM and KILL. Default: 10 s.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long to wait for what is not free once the old program was ended. Default: 5 s.</summary>
    public TimeSpan Bound { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>What is not free; for people, and named. Empty: the new program may be started.</summary>
internal sealed record ReleaseReport(IReadOnlyList<string> Held)
{
    /// <summary>True when nothing is held.</summary>
    public bool IsReleased => Held.Count == 0;
}

/// <summary>Starts, ends and replaces programs by the rules of their modes. Thread-safe.</summary>
internal sealed class ProgramControl(IProgramHost host, TimeProvider time)
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan SlowestLook = TimeSpan.FromMilliseconds(100);

    /// <summary>Starts a program, held at its gate.</summary>
    public ProgramSpawn Spawn(ProgramStart start) => start.Mode.OwnsProcesses()
        ? host.Spawn(start)
        : ProgramSpawn.Failed(SpawnStep.Mode, start.Mode.Refusal());

    /// <summary>TERM to the group, then KILL after the grace period, to proven members only.</summary>
    public async Task<ProgramEnd> EndAsync(HostedProgram program, TimeSpan grace, CancellationToken cancellation)
    {
        if (Refusal(program) is { } refusal) return new ProgramEnd(null, refusal);
        var outcome = await ProcessGroupSignals.TerminateAsync(
            host.Group(program), hasHadTerm: false, grace, static () => true, time, cancellation).ConfigureAwait(false);
        return new ProgramEnd(outcome, null);
    }

    /// <summary>Ends the old program and waits, within bounds, until it, its group and the ports are free. A restart replaces:
    /// as long as anything is held, nothing may be started.</summary>
    public async Task<ReleaseReport> ReleaseAsync(ReleaseRequest request, CancellationToken cancellation)
    {
        if (request.Old is { } old)
        {
            var end = await EndAsync(old, request.Grace, cancellation).ConfigureAwait(false);
            if (end.Refusal is { } refusal) return new ReleaseReport([refusal]);
        }

        var started = time.GetTimestamp();
        for (var pause = FirstLook; ; pause = pause * 2 < SlowestLook ? pause * 2 : SlowestLook)
        {
            var held = Held(request);
            if (held.Count == 0 || time.GetElapsedTime(started) >= request.Bound) return new ReleaseReport(held);
            await time.Delay(pause, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>What is not free now.</summary>
    private List<string> Held(ReleaseRequest request)
    {
        var held = request.Old is { } old ? HeldByProcesses(old) : [];
        held.AddRange(request.Ports.Distinct().Select(host.Hold).OfType<PortHold>().Select(hold => hold.ToString()));
        return held;
    }

    private List<string> HeldByProcesses(HostedProgram old)
    {
        var leader = host.Look(old.Process);
        if (leader == ProcessState.Running) return [$"process {Named(old.Pid)} does not end"];
        // As long as a group has members, the system gives its number to no new process: a leader of the same number but
        // another start is the proof that the group has ended.
        var group = host.Group(old);
        var members = group.Look();
        if (members.Unproven.Contains(old.Pgid)) return [];
        return
        [
            .. members.Proven.Where(member => !member.IsLifeline).Select(member => member.Pid).Concat(members.Unsettled)
                .Select(pid => $"group {old.Pgid}: process {Named(pid)} does not end"),
            .. members.Unproven.Select(pid =>
                $"group {old.Pgid}: process {Named(pid)} is not proven to be of the old program, and was left alone"),
        ];
    }

    private string Named(int pid) => host.Name(pid) is { Length: > 0 } name ? $"{pid} ({name})" : $"{pid}";

    /// <summary>Why a program is not ours to end, or null.</summary>
    private string? Refusal(HostedProgram program)
    {
        if (!program.Mode.OwnsProcesses()) return program.Mode.Refusal();
        return program.Process.SharesPlaceWith(host.Self)
            ? null
            : $"its processes are on {program.Process.Host}, out of reach from here";
    }
}
