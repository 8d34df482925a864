using System.Globalization;
using System.Text;
using Ledger.Model;

namespace Ledger.Tests.Rules.Exploration;

/// <summary>A state as text, in one order everywhere, so that two can be compared whole.</summary>
internal static class Canon
{
    public static string Text(OperationState s)
    {
        var b = new StringBuilder();
        b.Append(CultureInfo.InvariantCulture, $"{s.OperationId} {s.Nonce} {s.Status} {s.Cause} {s.Aborted} {s.Initiator} {s.Position}\n");
        foreach (var m in s.Members.Values.OrderBy(m => m.Incarnation, StringComparer.Ordinal))
            b.AppendLine(m.ToString());
        foreach (var f in s.Stack.Values)
        {
            b.AppendLine((f with { Ancestors = [], Resources = [] }).ToString());
            b.AppendJoin(' ', f.Ancestors).AppendJoin(' ', f.Resources).Append('\n');
        }
        b.AppendJoin(' ', s.CallIds.Order(StringComparer.Ordinal)).Append('\n');
        b.AppendJoin('\n', s.Supervisors.Values.OrderBy(r => r.SupervisorId, StringComparer.Ordinal)).Append('\n');
        b.AppendJoin('\n', s.Unconfirmed.Values).Append('\n').AppendJoin('\n', s.LeftBehind);
        return b.ToString();
    }
}
