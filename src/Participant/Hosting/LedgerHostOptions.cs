namespace Ledger.Hosting;

/// <summary>How a host takes part in a ledger. Bound from configuration, by default from the section <c>Ledger</c>; durations
/// as <c>00:00:05</c>.</summary>
public sealed class LedgerHostOptions
{
    /// <summary>The ledger's directory. Required.</summary>
    public string Path { get; set; } = "";

    /// <summary>The participant id. Default: the application's name, with what an id may not hold replaced.</summary>
    public string? ParticipantId { get; set; }

    /// <summary>Make the directory a ledger if it is missing or empty. Default: true.</summary>
    public bool Create { get; set; } = true;

    /// <summary>Which log a newly created ledger gets. Default: <see cref="LogKind.Auto"/>.</summary>
    public LogKind Log { get; set; } = LogKind.Auto;

    /// <summary>Whether what is acknowledged survives a loss of power, for a newly created ledger. Default: false.</summary>
    public bool FlushBeforeAcknowledging { get; set; }

    /// <summary>Time between heartbeats of a newly created ledger. Default 1 s; 20 ms to 1 minute.</summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Silence that counts as a crash, for a newly created ledger. Default 5 s; at least three heartbeat intervals,
    /// at most 1 hour.</summary>
    public TimeSpan StalenessThreshold { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a call's cleanup callbacks may take. Default 30 s; 0 to 1 hour.</summary>
    public TimeSpan CleanupBound { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How much longer than the threshold this process may be silent before it counts as crashed. Default 0; at most
    /// 1 day.</summary>
    public TimeSpan PauseTolerance { get; set; } = TimeSpan.Zero;

    /// <summary>Finished operations kept in the backup. Default 20; 0 to 100,000.</summary>
    public int KeepFinished { get; set; } = 20;

    /// <summary>A directory that all machines see, whose resources may be cleaned from any of them. Default: none.</summary>
    public string? SharedRoot { get; set; }

    /// <summary>Open a ledger that others own or may write to. Default: false.</summary>
    public bool TrustForeignDirectory { get; set; }

    /// <summary>The same, as the library takes it.</summary>
    internal LedgerOptions ToLedgerOptions() => new()
    {
        Path = Path,
        Create = Create,
        Log = Log,
        FlushBeforeAcknowledging = FlushBeforeAcknowledging,
        HeartbeatInterval = HeartbeatInterval,
        StalenessThreshold = StalenessThreshold,
        CleanupBound = CleanupBound,
        PauseTolerance = PauseTolerance,
        KeepFinished = KeepFinished,
        SharedRoot = SharedRoot,
        TrustForeignDirectory = TrustForeignDirectory,
    };
}
