using System.Text;
using Ledger.Model;

namespace Ledger.Testing;

/// <summary>What a test that waited in vain wants to know.</summary>
internal static class SimulatedReport
{
    private const int LogLines = 30;

    public static string Of(SimulatedLedger ledger)
    {
        var text = new StringBuilder("Operations:\n");
        foreach (var o in ledger.Directory.List().OrderBy(o => o.OperationId, StringComparer.Ordinal))
            Operation(text, ledger.Read(o.OperationId), o.IsArchived);
        text.Append("Participants:\n");
        foreach (var p in ledger.Participants) text.Append($"  {p}\n");
        text.Append("Log:\n");
        foreach (var line in ledger.Log.TakeLast(LogLines)) text.Append($"  {line}\n");
        text.Append("If something should have happened at once: does it use another clock, a thread, or a Task.Delay with a token?\n");
        return text.ToString();
    }

    private static void Operation(StringBuilder text, OperationState s, bool isArchived)
    {
        text.Append($"  {s.OperationId}{(isArchived ? " (archived)" : "")} at {s.Position}: {s.StatusText}\n");
        foreach (var f in s.Stack.Values)
        {
            text.Append($"    {f.Position} {f.CallId} of {f.ParticipantId}, called by {f.CallerId ?? "nobody"}: "
                + $"{Wire.Name(f.Status)}{(f.Cancelled ? ", cancelled" : "")}"
                + $"{(f.SupervisorId is null ? "" : $", supervised by {f.SupervisorId}")}\n");
        }
        foreach (var m in s.Members.Values.OrderBy(m => m.JoinedAt))
            text.Append($"    member {m.ParticipantId} ({m.Incarnation}) on {m.Process.Host}: {Wire.Name(m.Status)}\n");
        foreach (var r in s.Supervisors.Values.OrderBy(r => r.Position))
            text.Append($"    supervisor {r.SupervisorId} ({r.Incarnation}){(r.Dead ? ": dead" : "")}\n");
        foreach (var n in s.Unconfirmed.Values) text.Append($"    not confirmed: crash of {n.CallId} to {n.SupervisorId}\n");
        foreach (var l in s.LeftBehind) text.Append($"    left behind: {l.Resource.Key}: {l.Why}\n");
    }
}
