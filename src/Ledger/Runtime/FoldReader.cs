using Ledger.Log;
using Ledger.Model;
using Ledger.Rules;
using Ledger.Runtime.Replication;

namespace Ledger.Runtime;

/// <summary>Reads one operation's log from its beginning and folds it. Not thread-safe.</summary>
internal sealed class FoldReader : LogFold<OperationState, Entry, EntryData, Outcome>
{
    private readonly LineHandler onLine;
    private LedgerVersionException? unknownVersion;

    public FoldReader(IOperationLog log, Action<SkippedLine>? onSkipped = null, RuleBook? rules = null)
        : base(rules is null ? OperationMachine.Standard : new OperationMachine(rules), onSkipped)
    {
        Log = log;
        onLine = Take;
    }

    public IOperationLog Log { get; }

    public override string Id => Log.OperationId;

    public override string Subject => $"operation '{Id}'";

    public override bool IsArchived => Log.IsArchived;

    public override string Nonce => (State ?? throw NotFound()).Nonce;

    public override LedgerException NotFound() => new OperationNotFoundException(Id);

    public override AppendResult Append(ReadOnlySpan<byte> record) => Log.Append(record);

    public override void Dispose() => Log.Dispose();

    protected override LogReadStatus ReadNew()
    {
        var status = Log.Read(onLine);
        return unknownVersion is null ? status : throw unknownVersion;
    }

    private void Take(ReadOnlySpan<byte> line, LinePlace place, bool oversized)
    {
        if (unknownVersion is not null || Decode(line, place, oversized) is not { } entry) return;
        if (State is null) Begin(entry, place);
        else if (entry.Nonce != State.Nonce) Skip(place, "belongs to another operation of this id");
        else Fold(entry);
    }

    private void Begin(Entry first, LinePlace place)
    {
        if (first.Data is OperationCreated { FoldVersion: not Rules.Fold.Version } other)
        {
            unknownVersion = new LedgerVersionException(place.Path, "operation's fold", other.FoldVersion, Rules.Fold.Version);
            return;
        }
        State = Rules.Fold.Begin(first);
        if (State is null) Skip(place, "stands before the operation's first entry");
        else Tell(first, new Outcome { Position = 1, Transitions = [OperationStatus.Running] });
    }
}
