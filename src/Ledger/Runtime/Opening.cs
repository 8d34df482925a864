using System.Runtime.InteropServices;
using Ledger.Log;
using Ledger.Log.Segments;
using Ledger.Model;
using Ledger.Platform;
using Microsoft.Extensions.Logging;

namespace Ledger.Runtime;

/// <summary>Opens a ledger's directory: finds or makes its manifest, refuses what cannot be shared or trusted, and chooses
/// disk and log.</summary>
internal static class Opening
{
    private static readonly Lazy<KernelEvents?> SharedEvents = new(() => KernelEvents.TryCreate(static _ => { }, TimeProvider.System));
    private static readonly Lazy<ProcessIdentity> Self = new(HostIdentity.Current);

    public static LedgerContext Open(LedgerOptions options)
    {
        var isReal = options.FileSystem is null or { } and System.IO.Abstractions.FileSystem;
        var root = isReal ? Path.GetFullPath(options.Path) : options.FileSystem!.Path.GetFullPath(options.Path);
        var layout = new LedgerLayout(root);
        var clock = new Clock(options.Time);
        var log = options.Logging.CreateLogger("Ledger");
        // The kind of file system is known once the directory is there; until then records are not kept open.
        var disk = isReal ? Disks.ForRealFileSystem(isLocal: false) : options.World?.Disk ?? new InjectedDisk(options.FileSystem!);
        Prepare(disk, layout, options, isReal);
        var kind = isReal ? FileSystemKind.Of(root) : new FileSystemKind(true, "injected");
        if (isReal) disk = Disks.ForRealFileSystem(isLocal: kind.IsLocal);
        var manifest = ManifestStore.Read(disk, layout) ?? Create(disk, layout, options, kind, clock);
        Refuse(manifest, layout, kind, isReal);
        ManifestStore.Complete(disk, layout);
        if (manifest.FlushBeforeAcknowledging) FlushNames(disk, layout);
        TellDifferences(manifest, options, log);
        var events = isReal && clock.IsSystem ? SharedEvents.Value : null;
        var process = options.World?.Self ?? Self.Value;
        var store = LogsOf(manifest, disk, layout, options, kind);
        var logs = store(layout.Operations, layout.Backup, LogLimits.RecordBytes);
        var segments = store(layout.Root, layout.Segments, LogLimits.HeaderBytes);
        var newHex = options.World?.NewHex ?? RandomName.Hex;
        return new LedgerContext
        {
            Options = options,
            Layout = layout,
            Manifest = manifest,
            IsLocal = kind.IsLocal,
            Disk = disk,
            Logs = options.WrapLogs?.Invoke(logs) ?? logs,
            Segments = new SegmentStore(options.WrapLogs?.Invoke(segments) ?? segments, newHex),
            Clock = clock,
            Process = process,
            Processes = options.World?.Processes ?? new ProcessTable(process, events),
            NewHex = newHex,
            Events = options.World is { } world ? world.Events : events,
            Log = log,
        };
    }

    /// <summary>The directory is there and trusted afterwards.</summary>
    private static void Prepare(IDisk disk, LedgerLayout layout, LedgerOptions options, bool isReal)
    {
        if (disk.Look(layout.Root) is not { } entry)
        {
            if (!options.Create)
                throw new LedgerStorageException(layout.Root, "There is no ledger: the directory does not exist");
            disk.CreateDirectory(layout.Root);
        }
        else if (!entry.IsDirectory) throw new LedgerStorageException(layout.Root, "A ledger is a directory, this is none");
        if (isReal && !options.TrustForeignDirectory && OperatingSystem.IsLinux()) Trust.Require(layout.Root);
    }

    private static Manifest Create(
        IDisk disk, LedgerLayout layout, LedgerOptions options, FileSystemKind kind, Clock clock)
    {
        if (!options.Create)
            throw new LedgerStorageException(layout.Root, "This directory is no ledger: it has no ledger.json");
        var log = options.Log;
        if (options.FileSystem is not null and not System.IO.Abstractions.FileSystem) log = LogKind.Simulated;
        if (log == LogKind.Auto) log = kind.IsLocal ? LogKind.Append : LogKind.Chain;
        if (log == LogKind.Append && !kind.IsLocal)
            throw new LedgerStorageException(layout.Root, $"An append log cannot be used on {kind.Name}: choose the chain log");
        return ManifestStore.Create(disk, layout, options, log, clock, measure: !kind.IsLocal);
    }

    /// <summary>By whoever opens it: its creator may have died before it did.</summary>
    private static void FlushNames(IDisk disk, LedgerLayout layout)
    {
        disk.FlushDirectory(layout.Root);
        if (Path.GetDirectoryName(layout.Root) is { Length: > 0 } parent) disk.FlushDirectory(parent);
    }

    private static void Refuse(Manifest manifest, LedgerLayout layout, FileSystemKind kind, bool isReal)
    {
        if (manifest.Log is not ("append" or "chain" or "simulated"))
            throw new LedgerStorageException(layout.Manifest, $"This program does not know the log '{manifest.Log}'");
        if (manifest.Log == "append" && !kind.IsLocal)
        {
            throw new LedgerStorageException(layout.Root,
                $"This ledger's append log works on local disks only, and it is reached over {kind.Name}. "
                + "Make a new ledger in an empty directory on this drive: there it gets a log that can be shared");
        }
        if (manifest.Log == "simulated" == isReal)
        {
            throw new LedgerStorageException(layout.Root, isReal
                ? "This ledger was made by a test on an injected file system; real processes cannot share it"
                : "This ledger belongs to real processes; an injected file system cannot take part");
        }
    }

    /// <summary>Logs of the ledger's kind, in two directories and with a largest first record.</summary>
    private static Func<string, string, int, ILogStore> LogsOf(
        Manifest manifest, IDisk disk, LedgerLayout layout, LedgerOptions options, FileSystemKind kind)
    {
        var flushes = manifest.FlushBeforeAcknowledging;
        if (manifest.Log == "append")
        {
            return disk is UnixDisk unix
                ? (live, backup, genesis) => new AppendLogStore(unix, live, backup, flushes, genesis)
                : throw new LedgerStorageException(layout.Root,
                    $"The append log needs {OSPlatform.Linux}; on this system use the chain log");
        }
        var chain = ChainLogOptions.Default with { FlushNames = flushes };
        // On a network file system entries are flushed in any case.
        if (manifest.Log != "chain" || kind.IsLocal) chain = chain with { Flush = false };
        return (live, backup, genesis) =>
            new ChainLogStore(disk, live, backup, options.Time, chain with { GenesisBytes = genesis })
            {
                NewHex = options.World?.NewHex ?? RandomName.Hex,
            };
    }

    private static void TellDifferences(Manifest m, LedgerOptions o, ILogger log)
    {
        Tell("HeartbeatInterval", m.HeartbeatIntervalMs, o.HeartbeatInterval);
        Tell("StalenessThreshold", m.StalenessThresholdMs, o.StalenessThreshold);
        if (o.FlushBeforeAcknowledging && !m.FlushBeforeAcknowledging)
            Messages.OptionNotUsed(log, nameof(o.FlushBeforeAcknowledging), "false", "true");
        void Tell(string name, long pinnedMs, TimeSpan wanted)
        {
            if (TimeSpan.FromMilliseconds(pinnedMs) != wanted)
                Messages.OptionNotUsed(log, name, $"{pinnedMs} ms", $"{wanted.TotalMilliseconds} ms");
        }
    }
}
