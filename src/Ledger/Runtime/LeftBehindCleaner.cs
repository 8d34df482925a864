using Ledger.Log;
using Ledger.Model;
using Ledger.Platform;

namespace Ledger.Runtime;

/// <summary>Finishes what finished operations left behind, where it lies in this process's place.</summary>
internal sealed class LeftBehindCleaner(LedgerContext ledger, Action<string> report)
{
    /// <summary>Cleans what is still there of one operation, and returns it.</summary>
    public async Task<IReadOnlyList<LeftBehind>> CleanAsync(Func<IOperationLog?> open, CancellationToken cancellationToken)
    {
        try
        {
            using var log = open();
            if (log is null) return [];
            var owners = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
            using var reader = ledger.ReaderOf(log);
            reader.Read(applied => NoteOwners(applied, owners));
            if (reader.State is not { IsTerminal: true, LeftBehind.Length: > 0 } state) return [];
            return await CleanAllAsync(state, owners, cancellationToken).ConfigureAwait(false);
        }
        catch (LedgerException e)
        {
            report(e.Message);
            return [];
        }
    }

    private async Task<IReadOnlyList<LeftBehind>> CleanAllAsync(
        OperationState state, Dictionary<string, HashSet<string>> owners, CancellationToken cancellationToken)
    {
        var cleaned = new List<LeftBehind>();
        foreach (var left in state.LeftBehind)
        {
            // What another call had registered too may be its result, which it was free to leave.
            if (owners.GetValueOrDefault(left.Resource.Key) is { Count: > 1 }) continue;
            if (!state.Members.TryGetValue(left.Incarnation, out var owner) || !IsStillThere(left.Resource, owner.Process)) continue;
            var frame = new Frame
            {
                Position = 0,
                CallId = left.CallId,
                ParticipantId = owner.ParticipantId,
                Incarnation = left.Incarnation,
                StartTime = state.StartTime,
            };
            var stayed = await ledger.Resources
                .CleanAsync(state, frame, [left.Resource], owner.Process, cancellationToken).ConfigureAwait(false);
            if (stayed.IsEmpty) cleaned.Add(left);
            else report($"{state.OperationId}: {left.Resource.Key} of {left.CallId} stays: {stayed[0].Why}");
        }
        return cleaned;
    }

    /// <summary>Only what can be reached from here and exists; asking about the rest at each collection would report it for
    /// ever.</summary>
    private bool IsStillThere(Resource r, ProcessIdentity owner)
    {
        if (r.Kind == ResourceKind.ProcessGroup)
            return owner.SharesPlaceWith(ledger.Process) && Libc.Kill(-r.Pgid, 0) == 0;
        if (r.Shared ? ledger.Options.SharedRoot is null : !owner.SharesPlaceWith(ledger.Process)) return false;
        var path = r.Shared ? Path.GetFullPath(r.Path!, Path.GetFullPath(ledger.Options.SharedRoot!)) : r.Path!;
        return ledger.Disk.Look(path) is not null;
    }

    private static void NoteOwners(Applied applied, Dictionary<string, HashSet<string>> owners)
    {
        if (!applied.Outcome.Accepted) return;
        switch (applied.Entry.Data)
        {
            case ResourceRegistered d:
                Note(d.Resource, d.CallId);
                break;
            case CallStarted d:
                foreach (var r in d.Resources) Note(r, d.CallId);
                break;
        }

        void Note(Resource r, string callId)
        {
            if (!owners.TryGetValue(r.Key, out var calls)) owners[r.Key] = calls = new HashSet<string>(StringComparer.Ordinal);
            calls.Add(callId);
        }
    }
}
