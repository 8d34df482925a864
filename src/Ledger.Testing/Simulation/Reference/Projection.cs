using System.Globalization;
using System.Text;
using Ledger.Model;

namespace Ledger.Testing.Simulation.Reference;

/// <summary>What of an operation's state the reference knows too, as text that can be compared.</summary>
internal static class Projection
{
    public static string Of(OperationState s)
    {
        var b = new StringBuilder();
        b.Append(CultureInfo.InvariantCulture, $"{s.Status} {s.Cause?.Type} {s.Initiator}\n");
        foreach (var m in s.Members.Values.OrderBy(m => m.Incarnation, StringComparer.Ordinal))
            b.Append(CultureInfo.InvariantCulture, $"{m.Incarnation} {m.Status} {m.LastSequence} {m.LastAccepted}\n");
        foreach (var f in s.Stack.Values)
        {
            var keys = string.Join(' ', f.Resources.Select(r => r.Key).Order(StringComparer.Ordinal));
            b.Append(CultureInfo.InvariantCulture, $"{f.Position} {f.CallId} {f.Status} {f.Cancelled} {f.OverrunBy} {keys}\n");
        }
        foreach (var r in s.Supervisors.Values.OrderBy(r => r.SupervisorId, StringComparer.Ordinal))
            b.Append(CultureInfo.InvariantCulture, $"{r.SupervisorId} {r.Incarnation} {r.Dead}\n");
        return b.AppendJoin(' ', s.Unconfirmed.Keys).ToString();
    }
}
