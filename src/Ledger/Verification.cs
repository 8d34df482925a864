using System.Collections.Immutable;
using Ledger.Log;
using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Rules;
using Ledger.Runtime;
using Ledger.Runtime.Groups;
using Ledger.Runtime.Replication;

namespace Ledger;

/// <summary>A record, or what stands in its place, that everyone skips or that should not be.</summary>
/// <param name="Where">The file, and the byte in it.</param>
/// <param name="Why">What is wrong, in words.</param>
public sealed record RecordFault(string Where, string Why);

/// <summary>What a check of one operation's log found.</summary>
/// <param name="OperationId">The operation.</param>
/// <param name="IsArchived">It lies in the backup.</param>
/// <param name="Entries">Entries of the operation, accepted or not.</param>
/// <param name="Rejected">Entries that the fold rejected: ordinary, where several propose the same.</param>
/// <param name="Torn">Records whose writer was cut off: expected, harmless.</param>
/// <param name="Bad">Damaged or foreign records, broken invariants, and whatever kept the log from being read.</param>
public sealed record VerifyReport(string OperationId, bool IsArchived, long Entries, long Rejected,
    ImmutableArray<RecordFault> Torn, ImmutableArray<RecordFault> Bad)
{
    /// <summary>True when nothing is bad.</summary>
    public bool Ok => Bad.IsEmpty;
}

/// <summary>Checks logs: folds them anew, looks at every record and at every state. Changes nothing.</summary>
public static class Verification
{
    /// <summary>Faults of a kind that one report names; of those beyond it only the number is told.</summary>
    public const int MostFaults = 10_000;

    /// <summary>Checks one operation, live or archived.</summary>
    /// <exception cref="ArgumentException">It cannot be an id.</exception>
    /// <exception cref="OperationNotFoundException">There is none of that id.</exception>
    public static VerifyReport Verify(LedgerDirectory ledger, string operationId)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        return Check(operationId, ledger.OpenLog(operationId));
    }

    /// <summary>Checks all operations, live and archived, one after the other.</summary>
    /// <exception cref="LedgerStorageException">The directory cannot be listed.</exception>
    public static IEnumerable<VerifyReport> VerifyAll(LedgerDirectory ledger)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        var logs = ledger.Context.Logs;
        foreach (var id in logs.ListLive())
        {
            if (Try(id, () => logs.TryOpen(id)) is { IsArchived: false } report) yield return report;
        }
        foreach (var name in logs.ListArchived())
        {
            if (Try(LedgerLayout.OperationIdOf(name), () => logs.TryOpenArchived(name)) is { } report) yield return report;
        }
    }

    /// <summary>Checks the segments of a group that are kept; the report names the group in the operation's place.</summary>
    /// <exception cref="ArgumentException">It cannot be an id.</exception>
    /// <exception cref="Groups.GroupNotFoundException">There is none of that id.</exception>
    public static VerifyReport VerifyGroup(LedgerDirectory ledger, string groupId)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        Identifier.Require(groupId, "group id");
        var (torn, bad, rejected) = (new Faults(), new Faults(), 0L);
        var context = ledger.Context;
        using var reader = new SegmentReader<GroupState, GroupEntry, GroupEntryData, GroupOutcome>(
            context.Segments, groupId, GroupMachine.Standard, context.SegmentOptions with { Creates = false, FromOldest = true },
            line => (line.Verdict == LineVerdict.Torn ? torn : bad).Add(line.Place.ToString(), line.Why));
        try
        {
            var status = reader.Read(applied => rejected += applied.Outcome.Accepted ? 0 : 1);
            if (status == LogReadStatus.AtUnterminatedTail)
                torn.Add("the end of the log", "a record without its end: on its way, or cut off");
        }
        catch (LedgerStorageException e)
        {
            bad.Add(e.Path, e.Message);
        }
        if (reader.State is null && bad.All().IsEmpty) throw GroupOpenings.NotFound(context, groupId);
        return new VerifyReport(groupId, false, reader.State?.Position ?? 0, rejected, torn.All(), bad.All());
    }

    private static VerifyReport? Try(string operationId, Func<IOperationLog?> open)
    {
        try
        {
            return open() is { } log ? Check(operationId, log) : null;
        }
        catch (LedgerStorageException e)
        {
            return new VerifyReport(operationId, false, 0, 0, [], [new RecordFault(e.Path, e.Message)]);
        }
    }

    private static VerifyReport Check(string operationId, IOperationLog log)
    {
        var torn = new Faults();
        var bad = new Faults();
        var rejected = 0L;
        using var reader = new FoldReader(log, line =>
            (line.Verdict == LineVerdict.Torn ? torn : bad).Add(line.Place.ToString(), line.Why));
        try
        {
            var status = reader.Read(applied =>
            {
                if (!applied.Outcome.Accepted) rejected++;
                if (Invariants.Fault(applied.State) is { } fault) bad.Add($"position {applied.Outcome.Position}", fault);
            });
            if (status == LogReadStatus.AtUnterminatedTail)
                torn.Add("the end of the log", "a record without its end: on its way, or cut off");
        }
        catch (LedgerStorageException e)
        {
            bad.Add(e.Path, e.Message);
        }
        if (reader.State is null) bad.Add(operationId, "the log holds no operation");
        else if (reader.State.OperationId != operationId)
            bad.Add(operationId, $"the log is that of operation '{reader.State.OperationId}'");
        return new VerifyReport(operationId, log.IsArchived, reader.State?.Position ?? 0, rejected, torn.All(), bad.All());
    }

    private sealed class Faults
    {
        private readonly List<RecordFault> named = [];
        private long more;

        public void Add(string where, string why)
        {
            if (named.Count < MostFaults) named.Add(new RecordFault(where, why));
            else more++;
        }

        public ImmutableArray<RecordFault> All() =>
            more == 0 ? [.. named] : [.. named, new RecordFault("further places", $"{more} more")];
    }
}
