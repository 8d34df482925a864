using Ledger.Log;
using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Rules.Groups;
using Ledger.Runtime.Groups;
using Ledger.Runtime.Replication;

namespace Ledger.CrashTests;

/// <summary>Reads groups' logs from the oldest segment that is kept, and looks at every record and every state.</summary>
internal static class GroupCheck
{
    /// <summary>No record is damaged or foreign, every invariant holds, and nothing happened twice: no joining, no leaving,
    /// no start of one run, no outcome of one command.</summary>
    public static void RequireClean(LedgerDirectory ledger)
    {
        foreach (var groupId in ledger.ListGroups()) RequireClean(ledger, groupId);
    }

    private static void RequireClean(LedgerDirectory ledger, string groupId)
    {
        var context = ledger.Context;
        var bad = new List<string>();
        var once = new HashSet<object>();
        using var reader = new SegmentReader<GroupState, GroupEntry, GroupEntryData, GroupOutcome>(
            context.Segments, groupId, new GroupMachine(context.GroupRules), context.SegmentOptions with { Creates = false, FromOldest = true },
            line =>
            {
                if (line.Verdict != LineVerdict.Torn) bad.Add($"{line.Place}: {line.Why}");
            });
        reader.Read(applied =>
        {
            if (GroupInvariants.Fault(applied.State) is { } fault) bad.Add($"position {applied.Outcome.Position}: {fault}");
            if (!applied.Outcome.Accepted) return;
            foreach (var what in Unique(applied.Entry.Data, applied.Outcome))
            {
                if (!once.Add(what)) bad.Add($"position {applied.Outcome.Position}: {what} happened twice");
            }
        });
        Assert.Empty(bad);
    }

    private static IEnumerable<object> Unique(GroupEntryData data, GroupOutcome outcome)
    {
        foreach (var m in outcome.Events.OfType<MembershipChanged>()) yield return (m.Incarnation, m.Status);
        if (data is SupervisorActivated a) yield return (a.SupervisorId, a.Run);
        if (data is CommandTaken t) yield return ("taken", t.CommandId);
        if (data is CommandDone or CommandFailed or CommandRefused or CommandExpired) yield return ("over", ((CommandEntry)data).CommandId);
    }
}
