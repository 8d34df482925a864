using Ledger.Log.Segments;
using Ledger.Model.Groups;
using Ledger.Runtime.Replication;

namespace Ledger.Runtime.Groups;

/// <summary>One process's copy of one group.</summary>
internal sealed class GroupReplica(SegmentReader<GroupState, GroupEntry, GroupEntryData, GroupOutcome> reader, ParticipantCore core)
    : LogReplica<GroupState, GroupEntry, GroupEntryData, GroupOutcome>(
        reader, core.Ledger.Clock, core.ParticipantId, core.Incarnation)
{
    /// <summary>The segment that is read; its file or directory is what changes.</summary>
    public string Segment => SegmentName.Of(Id, reader.Number);
}
