using Ledger.Log;
using Ledger.Model;
using Ledger.Platform;
using Ledger.Rules;

namespace Ledger.Runtime;

/// <summary>Reads a ledger's manifest, or makes a directory a ledger.</summary>
internal static class ManifestStore
{
    /// <summary>Most bytes of a manifest.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>The manifest, or null when there is none.</summary>
    public static Manifest? Read(IDisk disk, LedgerLayout layout) =>
        disk.ReadAll(layout.Manifest, MaxBytes) is { } bytes
            ? ManifestCodec.Read(layout.Manifest, bytes, Fold.Version)
            : null;

    /// <summary>A loss of power can take the names of directories that were there before the manifest was: they held
    /// nothing that was flushed.</summary>
    public static void Complete(IDisk disk, LedgerLayout layout)
    {
        foreach (var folder in layout.Directories)
        {
            if (disk.Look(folder) is null) disk.CreateDirectory(folder);
        }
    }

    /// <summary>Makes the directory a ledger; of several at once one wins, and all get its manifest. Where changes may be
    /// seen late they are measured, and the threshold is raised to what their delay asks for.</summary>
    public static Manifest Create(
        IDisk disk, LedgerLayout layout, LedgerOptions options, LogKind log, Clock clock, bool measure)
    {
        disk.CreateDirectory(layout.Root);
        var foreign = disk.List(layout.Root)?.FirstOrDefault(name => !LedgerLayout.IsOurs(name));
        if (foreign is not null)
        {
            throw new LedgerStorageException(layout.Root,
                $"This directory is not empty and no ledger (it holds '{foreign}'): name an empty or a new one");
        }
        foreach (var folder in layout.Directories) disk.CreateDirectory(folder);
        var thresholdMs = (long)options.StalenessThreshold.TotalMilliseconds;
        if (measure)
            thresholdMs = Math.Max(thresholdMs, Timers.LeastThresholdMs(VisibilityDelay.Measure(disk, layout.Temp, clock.Provider)));
        var manifest = new Manifest(
            (options.World?.NewHex ?? RandomName.Hex)(16),
            log switch { LogKind.Chain => "chain", LogKind.Simulated => "simulated", _ => "append" },
            (long)options.HeartbeatInterval.TotalMilliseconds, thresholdMs, clock.UtcText)
        { FlushBeforeAcknowledging = options.FlushBeforeAcknowledging };
        disk.TryPublish(layout.Manifest, ManifestCodec.Write(manifest, Fold.Version), flush: true);
        return Read(disk, layout) ?? throw new LedgerStorageException(layout.Manifest, "The manifest vanished at once");
    }
}
