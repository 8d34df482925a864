using Ledger.Model;

namespace Ledger.Cli.Run;

/// <summary>Holds KILL back while own callees on this machine, which may be among the command's processes, still clean
/// themselves up, and a moment longer, so that they can leave.</summary>
/// <param name="read">The operation's state, as far as it is known.</param>
/// <param name="token">The own call's fencing token.</param>
/// <param name="process">This process.</param>
/// <param name="command">The command's process id: it may be a participant itself.</param>
/// <param name="most">The longest it holds back.</param>
/// <param name="tell">Told once whom it waits for, when KILL is due for the first time.</param>
/// <param name="time">Measures from now on.</param>
internal sealed class CalleePatience(
    Func<OperationState> read, long token, ProcessIdentity process, int command, TimeSpan most,
    Action<OperationState> tell, TimeProvider time)
{
    private static readonly TimeSpan ToLeave = TimeSpan.FromSeconds(2);

    private readonly long started = time.GetTimestamp();
    private TimeSpan? lastBusy;

    public bool MayKillYet()
    {
        var elapsed = time.GetElapsedTime(started);
        if (elapsed >= most) return true;
        var state = read();
        if (AreBusy(state, token, process, command, elapsed))
        {
            if (lastBusy is null) tell(state);
            lastBusy = elapsed;
            return false;
        }

        return lastBusy is not { } last || elapsed - last >= ToLeave;
    }

    /// <summary>True while a callee is active, near enough to be signalled, and within its own bound, or while the command
    /// takes part in the operation and has not left.</summary>
    public static bool AreBusy(OperationState state, long token, ProcessIdentity process, int command, TimeSpan elapsed) =>
        state.Stack.Values.Any(frame => frame.Status == FrameStatus.Active
            && frame.Ancestors.Contains(token)
            && frame.CleanupBoundMs > elapsed.TotalMilliseconds
            && state.Members[frame.Incarnation].Process.SharesPlaceWith(process))
        || (!state.IsTerminal && state.Members.Values.Any(member => member.Status == MemberStatus.Joined
            && member.Process.Pid == command && member.Process.SharesPlaceWith(process)));
}
