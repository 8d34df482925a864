namespace Ledger.Testing;

/// <summary>What goes wrong with a <see cref="FileCall"/>. Returned by
/// <see cref="SimulatedFileSystem.Fault"/>.</summary>
public sealed class FileFault
{
    private readonly Func<FileCall, Exception>? error;

    private FileFault(string kind, Func<FileCall, Exception>? error, bool takesEffect, int? bytes = null)
    {
        Kind = kind;
        this.error = error;
        TakesEffect = takesEffect;
        Bytes = bytes;
    }

    /// <summary>The process is killed before the call does anything.</summary>
    public static FileFault CrashBefore { get; } = new("kill in a call", null, takesEffect: false);

    /// <summary>The process is killed when the call has taken effect, before it sees the result.</summary>
    public static FileFault CrashAfter { get; } = new("kill in a call", null, takesEffect: true);

    /// <summary>Nothing happens; an <see cref="IOException"/> says the disk is full (ENOSPC).</summary>
    public static FileFault NoSpace { get; } = new("no space", call => FileErrors.NoSpace(call.Path), takesEffect: false);

    /// <summary>Nothing happens; an <see cref="IOException"/> says input/output error (EIO).</summary>
    public static FileFault InputOutputError { get; } =
        new("I/O error", call => FileErrors.InputOutput(call.Path), takesEffect: false);

    /// <summary>Nothing happens; an <see cref="UnauthorizedAccessException"/> is thrown.</summary>
    public static FileFault PermissionDenied { get; } = new("permission denied", call => FileErrors.Denied(call.Path), takesEffect: false);

    /// <summary>In a word or two, for counts.</summary>
    internal string Kind { get; }

    internal bool TakesEffect { get; }

    internal int? Bytes { get; }

    internal bool IsCrash => error is null;

    /// <summary>Nothing happens; the exception is thrown.</summary>
    public static FileFault Fail(Exception error) => new("error", _ => error, takesEffect: false);

    /// <summary>The call takes effect and then throws: the reply was lost.</summary>
    public static FileFault FailAfter(Exception error) => new("lost reply", _ => error, takesEffect: true);

    /// <summary>Of a write, only the first bytes reach the file, then the disk is full (ENOSPC).</summary>
    public static FileFault ShortWrite(int bytes) => Partial("short write", call => FileErrors.NoSpace(call.Path), bytes);

    /// <summary>Of a write, only the first bytes reach the file, then the process is killed.</summary>
    public static FileFault TornWrite(int bytes) => Partial("torn write", null, bytes);

    internal Exception ErrorOf(FileCall call) => error is null ? FileErrors.Crashed(call.Client) : error(call);

    private static FileFault Partial(string kind, Func<FileCall, Exception>? error, int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        return new FileFault(kind, error, takesEffect: true, bytes);
    }
}
