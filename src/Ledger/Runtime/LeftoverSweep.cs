using Ledger.Log;
using Ledger.Log.Segments;
using Ledger.Model;
using Ledger.Platform;
using Ledger.Runtime.Groups;

namespace Ledger.Runtime;

/// <summary>Deletes what processes that died left in the ledger's directory. Whatever is deleted too early by mistake is
/// made anew by its owner: a beat finds its record gone, a publication its temporary name.</summary>
internal sealed class LeftoverSweep(LedgerContext ledger, Action<string> report)
{
    /// <summary>Younger ones may be on their way.</summary>
    private static readonly TimeSpan OldEnough = TimeSpan.FromMinutes(5);

    /// <summary>Beyond this a record that does not change belongs to nobody, wherever its process ran.</summary>
    private static readonly TimeSpan LongSilent = TimeSpan.FromHours(1);

    private readonly Lazy<DateTimeOffset> now = new(ledger.FileSystemNow);

    /// <summary>Heartbeat records: of processes that are gone by the kernel's word, or silent for very long.</summary>
    public int Records() => Guarded(() => RecordRounds.SweepAll(ledger)) + Each(ledger.Layout.Participants, name =>
    {
        var path = ledger.Layout.Participant(name);
        if (ledger.Disk.ReadAll(path, HeartbeatRecord.Size * 4) is not { } bytes || HeartbeatRecord.Parse(bytes) is not { } record)
            return false;
        var most = LongSilent + TimeSpan.FromMilliseconds(ledger.Manifest.StalenessThresholdMs + record.ToleranceMs);
        if (ledger.Processes.Look(record.Process) == ProcessState.Running || !IsOlder(path, most)) return false;
        ledger.Disk.Delete(path);
        return true;
    });

    /// <summary>Temporary directories of operations that are over or unknown.</summary>
    public int Temporaries() => Each(ledger.Layout.Temp, name =>
    {
        var path = Path.Combine(ledger.Layout.Temp, name);
        if (!Identifier.IsValid(name) || ledger.Disk.Look(path) is not { IsDirectory: true }) return false;
        using var log = ledger.Logs.TryOpen(name);
        if (log is { IsArchived: false }) return false;
        ledger.Disk.DeleteTree(path);
        return true;
    });

    /// <summary>Temporary names, clock probes, chains that never began, states whose log has moved, values of environment
    /// variables with which nothing is registered.</summary>
    public int Leftovers()
    {
        var swept = 0;
        foreach (var directory in Directories()) swept += TemporaryNames(directory);
        swept += Each(ledger.Layout.Temp, name => name.StartsWith("clock~", StringComparison.Ordinal)
            && DeleteIfOld(Path.Combine(ledger.Layout.Temp, name)));
        swept += Each(ledger.Layout.Root, LeftOfSegment);
        swept += Each(ledger.Layout.Secrets, name => GroupSecrets.IsUnused(ledger, name)
            && DeleteIfOld(Path.Combine(ledger.Layout.Secrets, name)));
        return swept + Each(ledger.Layout.Operations, LeftOfOperation);
    }

    private IEnumerable<string> Directories()
    {
        foreach (var directory in ledger.Layout.Directories) yield return directory;
        yield return ledger.Layout.Secrets;
        foreach (var name in ledger.Logs.ListArchived())
        {
            yield return ledger.Layout.Archived(name);
            yield return Path.Combine(ledger.Layout.Archived(name), "log");
        }
        foreach (var id in ledger.Logs.ListLive()) yield return ledger.Layout.ChainLog(id);
    }

    private int TemporaryNames(string directory) => Guarded(() =>
    {
        if (ledger.Disk.Look(directory) is not { IsDirectory: true }) return 0;
        return (ledger.Disk.ListTemporary(directory) ?? []).Count(name => DeleteIfOld(Path.Combine(directory, name)));
    });

    private bool LeftOfOperation(string name)
    {
        var path = Path.Combine(ledger.Layout.Operations, name);
        var isChain = name.EndsWith(".log", StringComparison.Ordinal);
        var isState = name.EndsWith(".json", StringComparison.Ordinal);
        if (!isChain && !isState) return false;
        var id = name[..^(isChain ? 4 : 5)];
        if (!Identifier.IsValid(id) || !IsOlder(path, OldEnough)) return false;
        using (var log = ledger.Logs.TryOpen(id))
        {
            if (log is { IsArchived: false }) return false;
        }
        if (isChain) ledger.Disk.DeleteEmptyDirectory(path);
        else ledger.Disk.Delete(path);
        return ledger.Disk.Look(path) is null;
    }

    /// <summary>A chain's segment that never began: its creator, who died or was too slow, made the directory only.</summary>
    private bool LeftOfSegment(string name)
    {
        var path = Path.Combine(ledger.Layout.Root, name);
        if (SegmentName.OfLive(name) is null || ledger.Disk.Look(path) is not { IsDirectory: true } || !IsOlder(path, OldEnough)) return false;
        ledger.Disk.DeleteEmptyDirectory(path);
        return ledger.Disk.Look(path) is null;
    }

    private bool DeleteIfOld(string path)
    {
        if (!IsOlder(path, OldEnough)) return false;
        ledger.Disk.DeleteTree(path);
        return true;
    }

    private bool IsOlder(string path, TimeSpan age) =>
        ledger.Disk.Look(path) is { } entry && now.Value - entry.Modified >= age;

    private int Each(string directory, Func<string, bool> sweep) => Guarded(() =>
        (ledger.Disk.List(directory) ?? []).Count(name => Guarded(() => sweep(name) ? 1 : 0) == 1));

    private int Guarded(Func<int> sweep)
    {
        try
        {
            return sweep();
        }
        catch (LedgerException e)
        {
            report(e.Message);
            return 0;
        }
    }
}
