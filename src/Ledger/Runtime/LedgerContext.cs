using Ledger.Log;
using Ledger.Log.Segments;
using Ledger.Model;
using Ledger.Platform;
using Ledger.Rules;
using Ledger.Rules.Groups;
using Ledger.Runtime.Replication;
using Microsoft.Extensions.Logging;

namespace Ledger.Runtime;

/// <summary>An open ledger: what every part of the runtime needs, and nothing of any one participant.</summary>
internal sealed record LedgerContext
{
    public required LedgerOptions Options { get; init; }

    public required LedgerLayout Layout { get; init; }

    public required Manifest Manifest { get; init; }

    /// <summary>Known to lie on a local disk: every change is this kernel's, and shows as an event.</summary>
    public required bool IsLocal { get; init; }

    public required IDisk Disk { get; init; }

    public required ILogStore Logs { get; init; }

    /// <summary>The logs of groups.</summary>
    public required SegmentStore Segments { get; init; }

    public required Clock Clock { get; init; }

    public required ProcessIdentity Process { get; init; }

    public required IProcessTable Processes { get; init; }

    /// <summary>Random lower-case hexadecimal digits, as many as asked for.</summary>
    public required Func<int, string> NewHex { get; init; }

    /// <summary>What tells of changes at once; null where nothing does.</summary>
    public required IDirectoryEvents? Events { get; init; }

    public required ILogger Log { get; init; }

    /// <summary>True when an append blocks for microseconds only, so that proposing on the caller's thread is best.</summary>
    public bool IsFast => Manifest.Log switch
    {
        "append" => !Manifest.FlushBeforeAcknowledging,
        "chain" => IsLocal && !Manifest.FlushBeforeAcknowledging,
        _ => true,
    };

    /// <summary>True when every log is a directory, and its entries are files in it.</summary>
    public bool LogsAreDirectories => Manifest.Log != "append";

    /// <summary>The rules this process goes by.</summary>
    public RuleBook Rules => Options.Rules;

    /// <summary>The same for groups.</summary>
    public GroupRuleBook GroupRules => Options.GroupRules;

    /// <summary>When this process prunes the backup.</summary>
    public Retention Retention { get; } = new();

    /// <summary>What frames leave behind.</summary>
    public Resources Resources => new(this);

    /// <summary>Now by the file system's own clock, which is the one its files' times are compared with.</summary>
    public DateTimeOffset FileSystemNow()
    {
        var probe = Path.Combine(Layout.Temp, "clock~" + NewHex(32));
        Disk.Replace(probe, []);
        var now = Disk.Look(probe)?.Modified ?? Clock.Provider.GetUtcNow();
        Disk.Delete(probe);
        return now;
    }

    /// <summary>A reader of a log, from its beginning.</summary>
    public FoldReader ReaderOf(IOperationLog log) => new(log, rules: Rules);

    /// <summary>When the segments of this ledger's long logs are sealed.</summary>
    public SegmentOptions SegmentOptions => Manifest.Log == "append" ? SegmentOptions.Append : SegmentOptions.Chain;

    /// <summary>A reader of a group's log, from its newest segment's header on.</summary>
    public SegmentReader<TState, TEntry, TData, TOutcome> ReaderOf<TState, TEntry, TData, TOutcome>(
        string groupId, SegmentMachine<TState, TEntry, TData, TOutcome> machine, SegmentOptions? options = null)
        where TState : class
        where TEntry : class, ILogEntry
        where TData : class =>
        new(Segments, groupId, machine, options ?? SegmentOptions,
            onUntidy: e => Messages.SegmentsNotTidied(Log, groupId, e.Message));

    /// <summary>Opens an operation's log, live or archived.</summary>
    /// <exception cref="OperationNotFoundException">There is none; the ledger itself is there.</exception>
    /// <exception cref="LedgerStorageException">The ledger is not there any more, or cannot be read.</exception>
    public IOperationLog OpenLog(string operationId)
    {
        if (Logs.TryOpen(operationId) is { } log) return log;
        RequireManifest();
        throw new OperationNotFoundException(operationId);
    }

    /// <summary>Throws unless the ledger that was opened still lies at its path: a lost mount point is an empty
    /// directory in which everything could be created.</summary>
    /// <exception cref="LedgerStorageException">It does not.</exception>
    public void RequireManifest()
    {
        var bytes = Disk.ReadAll(Layout.Manifest, ManifestStore.MaxBytes);
        if (bytes is null)
            throw new LedgerStorageException(Layout.Manifest, "The ledger is not there any more: was its drive unmounted?");
        var found = ManifestCodec.Read(Layout.Manifest, bytes, Fold.Version);
        if (found.LedgerId != Manifest.LedgerId)
            throw new LedgerStorageException(Layout.Manifest, "Another ledger lies at this path now");
    }

    /// <summary>Runs file work: at once where it is fast, else on a worker, so that the caller can give up waiting. What the
    /// work brings after that goes to <paramref name="ifGivenUp"/>.</summary>
    public ValueTask<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken, Action<T>? ifGivenUp = null)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return IsFast ? new ValueTask<T>(work()) : new ValueTask<T>(RunApartAsync(work, ifGivenUp, cancellationToken));
    }

    private static async Task<T> RunApartAsync<T>(
        Func<T> work, Action<T>? ifGivenUp, CancellationToken cancellationToken)
    {
        var running = Task.Run(work, CancellationToken.None);
        try
        {
            return await running.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!running.IsCompleted && ifGivenUp is not null)
        {
            _ = running.ContinueWith(r => ifGivenUp(r.Result), CancellationToken.None,
                TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            throw;
        }
    }
}
