using Ledger.Cli.Shared;
using Ledger.Model;

namespace Ledger.Cli.Rendering;

/// <summary>What an entry says, in words.</summary>
internal static class EventText
{
    private const int LongestReason = 160;

    /// <summary>What its proposer did, as the rest of a sentence that begins with its name.</summary>
    public static string Describe(Entry entry, Func<string, string> nameOf) => entry.Data switch
    {
        OperationCreated d => $"created the operation (pid {d.Process.Pid} on {Texts.OneLine(d.Process.Host)})" + Because(d.Description),
        ParticipantJoined d => $"joined (pid {d.Process.Pid} on {Texts.OneLine(d.Process.Host)})",
        ParticipantLeft { Failed: true } d => "left and failed its calls" + Because(d.Reason),
        ParticipantLeft d => "left" + Because(d.Reason),
        InitiatorChanged d => $"made {nameOf(d.To)} the initiator",
        CallStarted d => Started(d),
        CallEnded d => $"ended {d.CallId}",
        CallFailed d => $"failed {d.CallId}" + Because(d.Reason),
        ResourceRegistered d => $"registered {Describe(d.Resource)} for {d.CallId}",
        ResourceReleased d => $"released {Texts.Short(d.Key, LongestReason)} of {d.CallId}",
        CrashDetected { AboutFrames: true } d => $"found {List(d.CallIds)} of {d.ParticipantId} hung ({Wire.Name(d.Evidence)})",
        CrashDetected d => $"found {d.ParticipantId} crashed ({Wire.Name(d.Evidence)})",
        SupervisorRegistered d => $"supervises as {d.SupervisorId}",
        SupervisorDied { Token: not null } d => $"gave up waiting for supervisor {d.SupervisorId}'s callback",
        SupervisorDied d => $"found supervisor {d.SupervisorId} dead ({Wire.Name(d.Evidence)})",
        CrashNotified d => $"was told, as supervisor {d.SupervisorId}, that {d.CallId} crashed" + Because(d.Error),
        FrameCleanedUp d => $"cleaned up {d.CallId} by rule {d.Rule}" + Left(d.LeftBehind.Length),
        FrameRemoved d => $"cleaned up its own {d.CallId} (rule 1)" + Left(d.LeftBehind.Length) + Because(d.Error),
        AbortRequested d => "asked for an abort" + Because(d.Reason),
        CompleteRequested => "asked to complete",
        OperationAbandoned d => "declared it abandoned" + Because(d.Reason),
        _ => Wire.Name(entry.Data.Type),
    };

    /// <summary>What an accepted entry brought about, beyond itself.</summary>
    public static IEnumerable<string> Consequences(StateChange change)
    {
        var o = change.Outcome;
        var own = (change.Entry.Data as FrameEntry)?.CallId;
        if (change.Entry.Data is CrashDetected && o.Crashed.Length > 0) yield return $"crashed {List(o.Crashed.Select(f => f.CallId))}";
        if (o.Cancelled.Length > 0) yield return $"cancelled {List(o.Cancelled.Select(f => f.CallId))}";
        var removed = o.Removed.Select(f => f.CallId).Where(id => id != own).ToList();
        if (removed.Count > 0) yield return $"{List(removed)} left the stack";
    }

    /// <summary>A resource, for people.</summary>
    public static string Describe(Resource r) => r.Kind switch
    {
        ResourceKind.ProcessGroup => $"process group {r.Pgid}",
        ResourceKind.Directory => $"directory {Texts.OneLine(r.Path)}",
        _ => $"file {Texts.OneLine(r.Path)}",
    };

    private static string Started(CallStarted d) => $"started {d.CallId}"
        + (d.CallerId is null ? "" : $" for {d.CallerId}")
        + (d.SupervisorId is null ? "" : $", supervised by {d.SupervisorId}")
        + Because(d.Description);

    private static string Because(string? reason) =>
        string.IsNullOrWhiteSpace(reason) ? "" : ": " + Texts.Short(reason, LongestReason);

    private static string Left(int count) => count == 0 ? "" : $", leaving {count} resource{(count == 1 ? "" : "s")} behind";

    private static string List(IEnumerable<string> ids) => string.Join(", ", ids);
}
