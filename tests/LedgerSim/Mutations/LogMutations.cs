using System.Text;
using Ledger.Log;

namespace Ledger.Sim;

/// <summary>Logs that lose, hide, change or reorder what they are given.</summary>
internal static class LogMutations
{
    public static IReadOnlyList<Mutation> All { get; } =
    [
        Mutation.OfLogs("log-loses-appends", "some records are shown to their writer alone", s => new FaultyStore(s, l => new LosingLog(l))),
        Mutation.OfLogs("log-skips-lines", "a reader passes over some lines", s => new FaultyStore(s, l => new SkippingLog(l))),
        Mutation.OfLogs("log-reorders", "two lines that are read together come in the wrong order", s => new FaultyStore(s, l => new ReorderingLog(l))),
        Mutation.OfLogs("group-log-loses-appends", "the same, for groups", s => new FaultyStore(s, l => new LosingLog(l))) with { Groups = true },
        Mutation.OfLogs("group-log-skips-lines", "the same, for groups", s => new FaultyStore(s, l => new SkippingLog(l))) with { Groups = true },
        Mutation.OfLogs("log-forgets-the-backup", "an id whose operation is in the backup is free again", s => new FaultyStore(s, l => l) { ForgetsArchived = true }),
    ];

    /// <summary>Shows a record to its own reader without writing it, now and then.</summary>
    private sealed class LosingLog(IOperationLog log) : FaultyLog(log)
    {
        private byte[]? own;
        private int appends;

        public override AppendResult Append(ReadOnlySpan<byte> record)
        {
            if (++appends % 5 != 4 || record.Length < 2) return base.Append(record);
            own = record.ToArray();
            return AppendResult.Written;
        }

        public override LogReadStatus Read(LineHandler handler)
        {
            var status = base.Read(handler);
            foreach (var line in Encoding.UTF8.GetString(own ?? []).Split('\n', StringSplitOptions.RemoveEmptyEntries))
                handler(Encoding.UTF8.GetBytes(line), new LinePlace("nowhere", 0), false);
            own = null;
            return status;
        }
    }

    private sealed class SkippingLog(IOperationLog log) : FaultyLog(log)
    {
        private int lines;

        public override LogReadStatus Read(LineHandler handler) => base.Read((line, place, oversized) =>
        {
            if (++lines % 9 != 8) handler(line, place, oversized);
        });
    }

    private sealed class ReorderingLog(IOperationLog log) : FaultyLog(log)
    {
        public override LogReadStatus Read(LineHandler handler)
        {
            var lines = new List<byte[]>();
            var status = base.Read((line, _, _) => lines.Add(line.ToArray()));
            // The first entry of a log stays the first.
            if (lines.Count > 2) (lines[^1], lines[^2]) = (lines[^2], lines[^1]);
            foreach (var line in lines) handler(line, new LinePlace("somewhere", 0), false);
            return status;
        }
    }
}

/// <summary>Passes everything on; faults override.</summary>
internal abstract class FaultyLog(IOperationLog log) : IOperationLog
{
    public string OperationId => log.OperationId;

    public bool IsArchived => log.IsArchived;

    public virtual AppendResult Append(ReadOnlySpan<byte> record) => log.Append(record);

    public virtual LogReadStatus Read(LineHandler handler) => log.Read(handler);

    public void Dispose() => log.Dispose();
}

/// <summary>Passes everything on, with faulty logs.</summary>
internal sealed class FaultyStore(ILogStore store, Func<IOperationLog, IOperationLog> wrap) : ILogStore
{
    public bool ForgetsArchived { get; init; }

    public bool TryCreate(string operationId, ReadOnlySpan<byte> genesis) => store.TryCreate(operationId, genesis);

    public IOperationLog? TryOpen(string operationId) =>
        store.TryOpen(operationId) is { } log && !(ForgetsArchived && log.IsArchived) ? wrap(log) : null;

    public IOperationLog? TryOpenArchived(string backupName) => store.TryOpenArchived(backupName) is { } log ? wrap(log) : null;

    public IReadOnlyList<string> ListLive() => store.ListLive();

    public IReadOnlyList<string> ListArchived() => ForgetsArchived ? [] : store.ListArchived();

    public string? TryArchive(string operationId, string nonce, Func<IOperationLog, bool> isSame) => store.TryArchive(operationId, nonce, isSame);

    public void DeleteArchived(string backupName, Func<IOperationLog, bool> isSame) => store.DeleteArchived(backupName, isSame);
}
