using Ledger.Model;

namespace Ledger.Cli.Run;

/// <summary>Holds KILL back while own callees on this machine, which may be among the command's processes, still clean
/// themselves up.</summary>
/// <param name="read">The operation's state, as far as it is known.</param>
/// <param name="token">The own call's fencing token.</param>
/// <param name="process">This process.</param>
/// <param name="most">The longest it holds back.</param>
/// <param name="time">Measures from now on.</param>
internal sealed class CalleePatience(
    Func<OperationState> read, long token, ProcessIdentity process, TimeSpan most, TimeProvider time)
{
    private readonly long started = time.GetTimestamp();

    public bool MayKillYet()
    {
        var elapsed = time.GetElapsedTime(started);
        return elapsed >= most || !AreBusy(read(), token, process, elapsed);
    }

    /// <summary>True while a callee is active, near enough to be signalled, and within its own bound.</summary>
    public static bool AreBusy(OperationState state, long token, ProcessIdentity process, TimeSpan elapsed) =>
        state.Stack.Values.Any(frame => frame.Status == FrameStatus.Active
            && frame.Ancestors.Contains(token)
            && frame.CleanupBoundMs > elapsed.TotalMilliseconds
            && state.Members[frame.Incarnation].Process.SharesPlaceWith(process));
}
