using System.Buffers;
using Ledger.Log;
using Ledger.Model;
using Ledger.Rules;

namespace Ledger.Runtime;

/// <summary>How a participant gets at operations: creates, joins, or only follows them.</summary>
internal static class Openings
{
    /// <summary>Creates an operation, exclusively.</summary>
    /// <exception cref="OperationExistsException">The id is or was in use.</exception>
    public static OperationRuntime Create(ParticipantCore core, string operationId, string? description)
    {
        RequireFree(core.Ledger, operationId);
        var genesis = new Entry(core.Ledger.NewHex(16), 1, core.ParticipantId,
            core.Incarnation, core.Ledger.Clock.UtcText,
            new OperationCreated(operationId, Fold.Version, core.Ledger.Process, Texts.Cut(description)));
        var record = new ArrayBufferWriter<byte>(1024);
        EntryCodec.Write(record, genesis);
        if (!core.Ledger.Logs.TryCreate(operationId, record.WrittenSpan))
            throw new OperationExistsException(operationId, "another participant created it at the same time");
        var log = core.Ledger.OpenLog(operationId);
        return Follow(core, log, Hold.Handle);
    }

    /// <summary>Becomes a member of an operation that is not over.</summary>
    /// <exception cref="OperationNotFoundException">There is none.</exception>
    /// <exception cref="ProposalRejectedException">It is over, or this incarnation left it.</exception>
    public static OperationRuntime Join(ParticipantCore core, string operationId)
    {
        var operation = core.TryHold(operationId, Hold.Handle) ?? Follow(core, core.Ledger.OpenLog(operationId), Hold.Handle);
        string? rejection = "cut off";
        try
        {
            rejection = Enter(core, operation);
        }
        finally
        {
            if (rejection is not null)
            {
                operation.Holds.GiveBack(Hold.Handle);
                core.RemoveIfUnheld(operation);
            }
        }
        return rejection is null
            ? operation : throw new ProposalRejectedException(operationId, "let this participant join", rejection);
    }

    /// <summary>Reads an operation to its end and keeps reading it, held for the caller.</summary>
    public static OperationRuntime Follow(ParticipantCore core, IOperationLog log, Hold hold)
    {
        var replica = new Replica(core.Ledger.ReaderOf(log), core.Ledger.Clock, core.ParticipantId, core.Incarnation, core.NextNumber);
        var operation = new OperationRuntime(core, replica);
        try
        {
            // Before others see it: nobody gets a state that is not there yet.
            replica.CatchUp();
            _ = operation.State; // throws when the log holds no operation
        }
        catch
        {
            operation.Dispose();
            throw;
        }
        return core.Add(operation, hold);
    }

    private static string? Enter(ParticipantCore core, OperationRuntime operation)
    {
        var me = operation.State.Members.GetValueOrDefault(core.Incarnation);
        if (operation.State.IsTerminal) return operation.State.StatusText;
        if (me is { Status: MemberStatus.Joined }) return null;
        return operation.Replica.Propose(new ParticipantJoined(core.Ledger.Process))[0].Rejection;
    }

    private static void RequireFree(LedgerContext ledger, string operationId)
    {
        bool IsSame(string name) => string.Equals(name, operationId, StringComparison.OrdinalIgnoreCase);
        // A chain whose creator died before its first entry is a name only, and takes the next creator's.
        bool HasBegun(string name)
        {
            using var log = ledger.Logs.TryOpen(name);
            return log is { IsArchived: false };
        }
        if (ListLive(ledger).FirstOrDefault(name => IsSame(name) && HasBegun(name)) is { } live)
        {
            throw new OperationExistsException(operationId,
                live == operationId ? "it is not over, or not archived yet" : $"'{live}' differs only in case");
        }
        if (ledger.Logs.ListArchived().FirstOrDefault(name => IsSame(name.Split('~')[0])) is not { } archived) return;
        using var log = ledger.Logs.TryOpenArchived(archived);
        if (log is null) return;
        using var reader = ledger.ReaderOf(log);
        throw new OperationExistsException(operationId, $"its history is kept: it ended as {reader.ReadToEnd().StatusText}");
    }

    private static IReadOnlyList<string> ListLive(LedgerContext ledger)
    {
        try
        {
            return ledger.Logs.ListLive();
        }
        catch (LedgerStorageException)
        {
            // Says more where the whole ledger is gone.
            ledger.RequireManifest();
            throw;
        }
    }
}
