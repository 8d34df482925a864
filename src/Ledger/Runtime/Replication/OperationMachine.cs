using System.Buffers;
using Ledger.Log;
using Ledger.Model;
using Ledger.Rules;

namespace Ledger.Runtime.Replication;

/// <summary>An operation's entries.</summary>
internal sealed class OperationMachine(RuleBook rules) : Machine<OperationState, Entry, EntryData, Outcome>
{
    private readonly Func<OperationState, Entry, Folded> fold = rules.Fold;

    public static OperationMachine Standard { get; } = new(RuleBook.Standard);

    public override Entry Make(
        string nonce, long sequence, string participantId, string incarnation, string timestamp, EntryData data) =>
        new(nonce, sequence, participantId, incarnation, timestamp, data);

    public override Entry Under(string nonce, Entry entry) => entry with { Nonce = nonce };

    public override void Write(ArrayBufferWriter<byte> record, Entry entry) => EntryCodec.Write(record, entry);

    public override LineVerdict Read(ReadOnlySpan<byte> line, bool oversized, out Entry? entry, out string? fault) =>
        EntryCodec.Read(line, oversized, out entry, out fault);

    public override OperationState Apply(OperationState state, Entry entry, out Outcome outcome)
    {
        (state, outcome) = fold(state, entry);
        return state;
    }

    public override bool IsAccepted(Outcome outcome) => outcome.Accepted;
}
