namespace Ledger.Testing;

/// <summary>What goes wrong with a <see cref="FileCall"/>. Returned by
/// <see cref="SimulatedFileSystem.Fault"/>.</summary>
public sealed class FileFault
{
    private readonly Func<FileCall, Exception>? error;

    private FileFault(Func<FileCall, Exception>? error, bool takesEffect, int? bytes = null)
    {
        this.error = error;
        TakesEffect = takesEffect;
        Bytes = bytes;
    }

    /// <summary>The process is killed before the call does anything.</summary>
    public static FileFault CrashBefore { get; } = new(null, takesEffect: false);

    /// <summary>The process is killed when the call has taken effect, before it sees the result.</summary>
    public static FileFault CrashAfter { get; } = new(null, takesEffect: true);

    /// <summary>Nothing happens; an <see cref="IOException"/> says the disk is full (ENOSPC).</summary>
    public static FileFault NoSpace { get; } = new(call => FileErrors.NoSpace(call.Path), takesEffect: false);

    /// <summary>Nothing happens; an <see cref="IOException"/> says input/output error (EIO).</summary>
    public static FileFault InputOutputError { get; } =
        new(call => FileErrors.InputOutput(call.Path), takesEffect: false);

    /// <summary>Nothing happens; an <see cref="UnauthorizedAccessException"/> is thrown.</summary>
    public static FileFault PermissionDenied { get; } = new(call => FileErrors.Denied(call.Path), takesEffect: false);

    internal bool TakesEffect { get; }

    internal int? Bytes { get; }

    internal bool IsCrash => error is null;

    /// <summary>Nothing happens; the exception is thrown.</summary>
    public static FileFault Fail(Exception error) => new(_ => error, takesEffect: false);

    /// <summary>The call takes effect and then throws: the reply was lost.</summary>
    public static FileFault FailAfter(Exception error) => new(_ => error, takesEffect: true);

    /// <summary>Of a write, only the first bytes reach the file, then the disk is full (ENOSPC).</summary>
    public static FileFault ShortWrite(int bytes) => Partial(call => FileErrors.NoSpace(call.Path), bytes);

    /// <summary>Of a write, only the first bytes reach the file, then the process is killed.</summary>
    public static FileFault TornWrite(int bytes) => Partial(null, bytes);

    internal Exception ErrorOf(FileCall call) => error is null ? FileErrors.Crashed(call.Client) : error(call);

    private static FileFault Partial(Func<FileCall, Exception>? error, int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        return new FileFault(error, takesEffect: true, bytes);
    }
}
