using System.Buffers;
using Ledger.Log;
using Ledger.Log.Groups;
using Ledger.Model.Groups;
using Ledger.Rules.Groups;
using Ledger.Runtime.Replication;

namespace Ledger.Runtime.Groups;

/// <summary>A group's entries.</summary>
internal sealed class GroupMachine(GroupRuleBook rules) : SegmentMachine<GroupState, GroupEntry, GroupEntryData, GroupOutcome>
{
    private readonly Func<GroupState, GroupEntry, GroupFolded> fold = rules.Fold;

    public static GroupMachine Standard { get; } = new(GroupRuleBook.Standard);

    public override int FoldVersion => GroupFold.Version;

    public override GroupEntry Make(
        string nonce, long sequence, string participantId, string incarnation, string timestamp, GroupEntryData data) =>
        new(nonce, sequence, participantId, incarnation, timestamp, data);

    public override GroupEntry Under(string nonce, GroupEntry entry) => entry with { Nonce = nonce };

    public override void Write(ArrayBufferWriter<byte> record, GroupEntry entry) => GroupEntryCodec.Write(record, entry);

    public override LineVerdict Read(ReadOnlySpan<byte> line, bool oversized, out GroupEntry? entry, out string? fault) =>
        GroupEntryCodec.Read(line, oversized, out entry, out fault);

    public override GroupState Apply(GroupState state, GroupEntry entry, out GroupOutcome outcome)
    {
        (state, outcome) = fold(state, entry);
        return state;
    }

    public override bool IsAccepted(GroupOutcome outcome) => outcome.Accepted;

    /// <summary>Of a state at a seal: as the next segment begins with it. Of a new group's: as it is.</summary>
    public override IReadOnlyList<byte[]> WriteHeader(GroupState state) =>
        GroupStateCodec.Write(state.Sealed ? GroupFold.Continue(state) : state);

    public override GroupState ReadHeader(IReadOnlyList<byte[]> lines) => GroupStateCodec.Read(lines);

    public override long Position(GroupState state) => state.Position;

    public override bool IsSealed(GroupState state) => state.Sealed;

    public override GroupEntryData? Seal(GroupState state, string incarnation) =>
        state.IsPresent(incarnation) ? new SegmentSealed(state.Segment) : null;

    /// <summary>Of an outcome the state remembers no events.</summary>
    public override long LastSequence(GroupState state, string incarnation, out GroupOutcome? outcome)
    {
        var member = state.Members.GetValueOrDefault(incarnation);
        outcome = member is null ? null : new GroupOutcome(member.LastOutcome.Position, member.LastOutcome.Rejection, []);
        return member?.LastSequence ?? 0;
    }
}
