using Ledger.Hosting.Processes;
using Ledger.Model;

namespace Ledger.Cli.Run;

/// <summary>Where the wrapper's own call stands when its command is over.</summary>
internal enum CallStanding
{
    /// <summary>Its result counts.</summary>
    Good,

    /// <summary>It is being cleaned up: cancelled, or its operation is in cleanup or over.</summary>
    Ending,

    /// <summary>Others declared it crashed.</summary>
    Fenced,
}

/// <summary>What the exit code of <c>ledger run</c> follows from.</summary>
internal static class RunVerdict
{
    /// <summary>How a call stands in a state.</summary>
    public static CallStanding Of(OperationState state, long token, string incarnation)
    {
        if (state.Members.GetValueOrDefault(incarnation)?.Status == MemberStatus.Crashed) return CallStanding.Fenced;
        if (state.Stack.GetValueOrDefault(token) is not { } frame) return CallStanding.Ending;
        if (frame.Status != FrameStatus.Active) return CallStanding.Fenced;
        return frame.Cancelled || state.Status != OperationStatus.Running ? CallStanding.Ending : CallStanding.Good;
    }

    /// <summary>The code of a command that is over.</summary>
    /// <param name="status">How the command ended.</param>
    /// <param name="standing">How its call stood then.</param>
    /// <param name="wasStopped">The wrapper had signalled it to end it.</param>
    /// <param name="wasSignalled">A signal to the wrapper had been passed on to it.</param>
    public static int ExitCode(ExitStatus status, CallStanding standing, bool wasStopped, bool wasSignalled) => standing switch
    {
        _ when wasStopped => RunExitCodes.Ended,
        CallStanding.Good => status.Code,
        // Others end what a fenced call left behind: how its command ended says nothing about the command.
        CallStanding.Fenced => RunExitCodes.Ended,
        _ => status.Code == 0 || wasSignalled ? RunExitCodes.Ended : status.Code,
    };
}
