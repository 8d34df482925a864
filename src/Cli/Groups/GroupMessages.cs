using System.Globalization;
using System.Text;
using Ledger.Cli.Shared;
using Ledger.Groups;
using Ledger.Model.Groups;
using Ledger.Platform;
using Ledger.Rules.Groups;

namespace Ledger.Cli.Groups;

/// <summary>What a process that takes part in a group has to say, on standard error, which it shares with its program.</summary>
internal static class GroupMessages
{
    private const int StandardError = 2;

    public static void Tell(string verb, string message) =>
        _ = Libc.WriteDescriptor(StandardError, Encoding.UTF8.GetBytes($"ledger {verb}: {Texts.OneLine(message)}\n"));

    /// <summary>One step of a supervisor for people; null when its program tells it itself.</summary>
    public static string? Step(SupervisorEntry now, SupervisorChanged step) => step.To switch
    {
        SupervisorStatus.WaitingForDependencies => step.Reason,
        SupervisorStatus.Failed => $"failed: {step.Reason}",
        SupervisorStatus.RestartScheduled => $"restart {Restart(now)} in {Durations.Show(TimeSpan.FromMilliseconds(now.BackoffMs))}",
        SupervisorStatus.Dead => $"dead: {step.Reason}",
        SupervisorStatus.ShuttingDown => $"stops: {step.Reason}",
        SupervisorStatus.Stopped => "stopped",
        _ => null,
    };

    /// <summary>Why nothing became of it, and what to do where that is plain.</summary>
    public static string Refusal(Exception e) => e is GroupRejectedException { Code: GroupReasons.UnknownDependency }
        ? $"{e.Message} Start that one first."
        : e.Message;

    /// <summary>Which of how many restarts: <c>2 of 5</c>.</summary>
    public static string Restart(SupervisorEntry now) => now.Settings.StartInfo is { } start
        ? string.Create(CultureInfo.InvariantCulture, $"{now.Attempts} of {start.RestartPolicy.MaxAttempts}")
        : now.Attempts.ToString(CultureInfo.InvariantCulture);
}
