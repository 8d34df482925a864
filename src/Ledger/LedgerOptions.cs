using System.IO.Abstractions;
using Ledger.Log;
using Ledger.Model;
using Ledger.Platform;
using Ledger.Rules;
using Ledger.Rules.Groups;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ledger;

/// <summary>Which log a ledger's operations use. Decided once, when the directory becomes a ledger.</summary>
public enum LogKind
{
    /// <summary>Append where the file system is known to be local, else chain. Only for creating.</summary>
    Auto,

    /// <summary>One file per operation, appended to by the kernel. Local file systems only.</summary>
    Append,

    /// <summary>One file per entry, published exclusively. Any file system with hard links; network drives.</summary>
    Chain,

    /// <summary>As chain, over an injected <see cref="IFileSystem"/>: for tests within one process.</summary>
    Simulated,
}

/// <summary>How to open a ledger. Values that all participants must share are pinned by the ledger when it is created; an
/// existing ledger's values win, and the difference is logged once.</summary>
public sealed record LedgerOptions
{
    /// <summary>The directory. Required.</summary>
    public required string Path { get; init; }

    /// <summary>Create the ledger if the directory is missing or empty. Default: true. The parent must exist.</summary>
    public bool Create { get; init; } = true;

    /// <summary>Which log a newly created ledger gets. Default: <see cref="LogKind.Auto"/>.</summary>
    public LogKind Log { get; init; } = LogKind.Auto;

    /// <summary>Whether what is acknowledged survives a loss of power: log and directory are brought to the disk itself before
    /// a proposal is answered. Default: false, which survives the death of processes, but not that of the kernel. Costs one
    /// flush for each record. Pinned at creation, because entries rest on those before them. Where the disk is reached through
    /// <see cref="IFileSystem"/>, as on Windows, files are flushed and directories are left to the system.</summary>
    public bool FlushBeforeAcknowledging { get; init; }

    /// <summary>Time between two heartbeats, each jittered by up to 10%. Default 1 s; 20 ms to 1 minute. Pinned at
    /// creation.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Silence after which a participant counts as crashed. Default 5 s; at least three heartbeat intervals, at
    /// most 1 hour. Pinned at creation.</summary>
    public TimeSpan StalenessThreshold { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a participant's callbacks may take to clean one call up, unless the call says otherwise.
    /// Default 30 s; 0 to 1 hour.</summary>
    public TimeSpan CleanupBound { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Announced to others: how much longer than the threshold this process may be silent before it counts as
    /// crashed, as under a debugger. Default 0; at most 1 day.</summary>
    public TimeSpan PauseTolerance { get; init; } = TimeSpan.Zero;

    /// <summary>Shortest time between two looks at a log where the system gives no change events. Default 20 ms; 1 ms to 10
    /// s.</summary>
    public TimeSpan MinimumPoll { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Grace between TERM and KILL for a crashed call's processes. Default 5 s; 0 to 1 hour.</summary>
    public TimeSpan KillGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Finished operations kept in the backup; what is younger than an hour is kept in any case. Default 20; 0
    /// to 100,000.</summary>
    public int KeepFinished { get; init; } = 20;

    /// <summary>A directory that all machines see under their own path: resources inside it are stored relative to it, and
    /// may be cleaned from any machine. Default: none.</summary>
    public string? SharedRoot { get; init; }

    /// <summary>Open a ledger that others own or may write to. Whoever can write entries can make participants delete
    /// registered paths and signal processes. Default: false.</summary>
    public bool TrustForeignDirectory { get; init; }

    /// <summary>The file system. Default: null, the real one. Another one serves participants within this process
    /// only.</summary>
    public IFileSystem? FileSystem { get; init; }

    /// <summary>The clock. Default: the system's. With another one nothing runs by itself but on its timers: no threads, no
    /// watchers; tests step it.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where log messages go. Default: nowhere.</summary>
    public ILoggerFactory Logging { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The simulated machine it runs on; null: the real one.</summary>
    internal ProcessWorld? World { get; init; }

    /// <summary>The rules; tests hand in others.</summary>
    internal RuleBook Rules { get; init; } = RuleBook.Standard;

    /// <summary>The same for groups.</summary>
    internal GroupRuleBook GroupRules { get; init; } = GroupRuleBook.Standard;

    /// <summary>What stands before the logs; null: nothing. For tests.</summary>
    internal Func<ILogStore, ILogStore>? WrapLogs { get; init; }

    /// <summary>Throws when a value is out of its range.</summary>
    /// <exception cref="ArgumentException">Names the option, its value and its range.</exception>
    public void Validate()
    {
        if (string.IsNullOrWhiteSpace(Path)) throw new ArgumentException("LedgerOptions.Path is empty: name the ledger's directory.");
        Range(HeartbeatInterval, nameof(HeartbeatInterval), TimeSpan.FromMilliseconds(20), TimeSpan.FromMinutes(1));
        Range(StalenessThreshold, nameof(StalenessThreshold), 3 * HeartbeatInterval, TimeSpan.FromHours(1));
        Range(CleanupBound, nameof(CleanupBound), TimeSpan.Zero, TimeSpan.FromHours(1));
        Range(PauseTolerance, nameof(PauseTolerance), TimeSpan.Zero, TimeSpan.FromDays(1));
        Range(MinimumPoll, nameof(MinimumPoll), TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(10));
        Range(KillGrace, nameof(KillGrace), TimeSpan.Zero, TimeSpan.FromHours(1));
        if (KeepFinished is < 0 or > 100_000)
            throw new ArgumentException($"LedgerOptions.{nameof(KeepFinished)} is {KeepFinished}; it must be 0 to 100000.");
        if (Log == LogKind.Simulated && FileSystem is null)
            throw new ArgumentException("LedgerOptions.Log is Simulated: that needs an injected FileSystem.");
    }

    private static void Range(TimeSpan value, string name, TimeSpan least, TimeSpan most)
    {
        if (value < least || value > most)
            throw new ArgumentException($"LedgerOptions.{name} is {value}; it must be {least} to {most}.");
    }
}
