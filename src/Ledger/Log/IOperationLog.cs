namespace Ledger.Log;

/// <summary>The log of one operation, open for reading from the start and for appending. One instance has one reader
/// place; it is not thread-safe. What every implementation promises:
/// <list type="number">
/// <item>All readers, in all processes, see the same lines in the same order.</item>
/// <item>A line that was delivered once is final: nothing is ever delivered before it later.</item>
/// <item>A record whose append answered <see cref="AppendStatus.Written"/> is delivered to every reader, whatever dies
/// afterwards; exactly once per append.</item>
/// <item>A record whose append was torn spoils only itself: of its lines a prefix is delivered whole, at most one as
/// broken text, the rest never.</item>
/// <item>Neither method waits for another process.</item>
/// <item>The log stays readable, at the same places, while and after it is archived.</item>
/// </list></summary>
internal interface IOperationLog : IDisposable
{
    /// <summary>The operation's id.</summary>
    string OperationId { get; }

    /// <summary>True once this instance has seen that the log lies in the backup.</summary>
    bool IsArchived { get; }

    /// <summary>Appends one record: one or more lines, beginning and ending with a newline, at most
    /// <see cref="LogLimits.RecordBytes"/> in all.</summary>
    AppendResult Append(ReadOnlySpan<byte> record);

    /// <summary>Delivers every complete line that is new since the last call, in order, until the end is reached.
    /// Throws <see cref="Model.LedgerStorageException"/> on a read error: nothing was skipped, the next call tries the
    /// same place again.</summary>
    LogReadStatus Read(LineHandler handler);
}

/// <summary>Receives one line without its newline; empty lines are not delivered. The span is valid during the
/// call only. A line over <see cref="LogLimits.LineBytes"/> is delivered with that many leading bytes and
/// <paramref name="oversized"/>.</summary>
internal delegate void LineHandler(ReadOnlySpan<byte> line, LinePlace place, bool oversized);

/// <summary>Where a line stands, for people: a file and a byte offset in it.</summary>
internal readonly record struct LinePlace(string Path, long Offset)
{
    public override string ToString() => $"{Path}:{Offset}";
}

/// <summary>How a read ended.</summary>
internal enum LogReadStatus
{
    /// <summary>Everything that is complete now was delivered.</summary>
    AtEnd,

    /// <summary>As <see cref="AtEnd"/>, and bytes without a newline follow: a record on its way, or torn.</summary>
    AtUnterminatedTail,

    /// <summary>The log is confirmed gone (pruned): neither live nor in the backup.</summary>
    Gone,
}

/// <summary>What an append knows about itself.</summary>
internal enum AppendStatus
{
    /// <summary>The record is in the log, whole.</summary>
    Written,

    /// <summary>Nothing of it is in the log, and nothing of it will ever be.</summary>
    NotWritten,

    /// <summary>It may be in the log, wholly or in part: read on to find out. An unterminated tail is ended by appending
    /// a record that is a single newline.</summary>
    Unknown,

    /// <summary>Another record took the place (chain): nothing was written; read on and append again.</summary>
    Behind,

    /// <summary>The log is confirmed gone: nothing was written.</summary>
    Gone,
}

/// <summary>The answer of an append; <see cref="Error"/> says why it was not written or is unknown.</summary>
internal readonly record struct AppendResult(AppendStatus Status, Model.LedgerStorageException? Error = null)
{
    public static AppendResult Written => new(AppendStatus.Written);
}

/// <summary>Limits of every log.</summary>
internal static class LogLimits
{
    /// <summary>Bytes of one entry's line, without newlines.</summary>
    public const int LineBytes = 64 * 1024;

    /// <summary>Bytes of one record. Several entries of one process may share a record.</summary>
    public const int RecordBytes = 4 * LineBytes;

    /// <summary>Bytes of the header that a segment of a long log begins with: several lines, one record.</summary>
    public const int HeaderBytes = 16 * 1024 * 1024;
}
