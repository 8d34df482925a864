using Ledger.Log;
using Ledger.Model;

namespace Ledger.Tests.Runtime;

/// <summary>A log as a stream of bytes, whose appends and reads fail as a test says.</summary>
internal sealed class ScriptedLog(List<byte> bytes) : IOperationLog
{
    private readonly LedgerStorageException error = new("/log", "A fault of the test");
    private int next;

    public string OperationId => "op";

    public bool IsArchived => false;

    /// <summary>What happens at the next appends; afterwards they succeed.</summary>
    public Queue<Func<byte[], AppendResult>> Appends { get; } = new();

    /// <summary>Whether the next reads fail.</summary>
    public Queue<bool> ReadFails { get; } = new();

    public List<byte[]> Tried { get; } = [];

    public AppendResult Append(ReadOnlySpan<byte> record)
    {
        LogRecord.Check(record);
        Tried.Add(record.ToArray());
        return Appends.TryDequeue(out var script) ? script(record.ToArray()) : Write(record.ToArray(), AppendStatus.Written);
    }

    public LogReadStatus Read(LineHandler handler)
    {
        if (ReadFails.TryDequeue(out var fails) && fails) throw error;
        while (bytes.IndexOf((byte)'\n', next) is var end and >= 0)
        {
            var line = bytes.GetRange(next, end - next).ToArray();
            var at = next;
            next = end + 1;
            if (line.Length > 0) handler(line, new LinePlace("/log", at), false);
        }
        return next < bytes.Count ? LogReadStatus.AtUnterminatedTail : LogReadStatus.AtEnd;
    }

    public void Dispose() { }

    public AppendResult Refuse(byte[] record) => new(AppendStatus.NotWritten, error);

    /// <summary>It is in the log, and the answer is lost.</summary>
    public AppendResult LoseReply(byte[] record) => Write(record, AppendStatus.Unknown);

    /// <summary>Nothing of it arrived, and nobody knows.</summary>
    public AppendResult LoseRequest(byte[] record) => new(AppendStatus.Unknown, error);

    public Func<byte[], AppendResult> Tear(Index at) => record => Write(record[..at], AppendStatus.Unknown);

    /// <summary>Another's record takes the place.</summary>
    public Func<byte[], AppendResult> Lose(byte[] foreign) => _ => Write(foreign, AppendStatus.Behind);

    /// <summary>It goes into a file that was deleted: this process alone can read it.</summary>
    public AppendResult Vanish(byte[] record) => Write(record, AppendStatus.Gone);

    private AppendResult Write(byte[] record, AppendStatus status)
    {
        bytes.AddRange(record);
        return new AppendResult(status, status == AppendStatus.Unknown ? error : null);
    }
}
