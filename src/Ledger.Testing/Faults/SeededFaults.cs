namespace Ledger.Testing;

/// <summary>Faults by chance, the same at every run with the same seed: <c>client.Fault = new SeededFaults(7) { NoSpace =
/// 0.01 }.Next</c>. Each value is the probability with which a call has that fault; kinds that make no sense for a call
/// do not happen to it. Not thread-safe.</summary>
public sealed class SeededFaults(int seed)
{
#pragma warning disable CA5394 // the same faults at every run are the point
    private readonly Random random = new(seed);

    /// <summary>Of calls that take room: <see cref="FileFault.NoSpace"/>.</summary>
    public double NoSpace { get; init; }

    /// <summary><see cref="FileFault.InputOutputError"/>.</summary>
    public double InputOutputError { get; init; }

    /// <summary><see cref="FileFault.PermissionDenied"/>.</summary>
    public double PermissionDenied { get; init; }

    /// <summary>Of calls that change something: it happens, and an input/output error says that it did not.</summary>
    public double LostReply { get; init; }

    /// <summary>Of writes: some of the bytes arrive, then the disk is full.</summary>
    public double ShortWrite { get; init; }

    /// <summary><see cref="FileFault.CrashBefore"/>.</summary>
    public double CrashBefore { get; init; }

    /// <summary><see cref="FileFault.CrashAfter"/>.</summary>
    public double CrashAfter { get; init; }

    /// <summary>Of writes: some of the bytes arrive, then the process is killed.</summary>
    public double TornWrite { get; init; }

    /// <summary>What goes wrong with a call, or null.</summary>
    public FileFault? Next(FileCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        var takesRoom = call.Kind is FileCallKind.Write or FileCallKind.SetLength or FileCallKind.CreateDirectory
            || call is { Kind: FileCallKind.Open, Mode: not FileMode.Open };
        var changes = takesRoom || call.Kind is FileCallKind.Move or FileCallKind.DeleteFile or FileCallKind.DeleteDirectory;
        var isWrite = call.Kind == FileCallKind.Write;
        var lot = random.NextDouble();
        var bytes = random.Next(call.Length + 1);
        if (Hit(InputOutputError)) return FileFault.InputOutputError;
        if (Hit(PermissionDenied)) return FileFault.PermissionDenied;
        if (Hit(CrashBefore)) return FileFault.CrashBefore;
        if (Hit(CrashAfter)) return FileFault.CrashAfter;
        if (takesRoom && Hit(NoSpace)) return FileFault.NoSpace;
        if (changes && Hit(LostReply)) return FileFault.FailAfter(FileErrors.InputOutput(call.Path));
        if (isWrite && Hit(ShortWrite)) return FileFault.ShortWrite(bytes);
        return isWrite && Hit(TornWrite) ? FileFault.TornWrite(bytes) : null;

        bool Hit(double probability)
        {
            lot -= probability;
            return lot < 0;
        }
    }
#pragma warning restore CA5394
}
