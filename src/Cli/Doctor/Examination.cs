using Ledger.Log;
using Ledger.Model;
using Ledger.Platform;
using Ledger.Runtime;

namespace Ledger.Cli.Doctor;

/// <summary>One visit of the doctor: what it knows of the directory, the scratch directory in it, and the second process. What
/// it made is gone when it is disposed of.</summary>
internal sealed class Examination(string path, string also, TimeProvider time) : IAsyncDisposable
{
    /// <summary>Begins with a dot, so that neither a ledger nor a new one minds it.</summary>
    public const string ScratchPrefix = ".ledger-doctor-";

    private static readonly TimeSpan LeftBehindAfter = TimeSpan.FromMinutes(10);

    private readonly string scratchName = ScratchPrefix + RandomName.Hex(16);
    private DoctorHelper? helper;
    private bool isMade;

    /// <summary>A directory of its own within the one that is examined.</summary>
    public string Scratch => Path.Combine(path, scratchName);

    public string Root => path;

    public LedgerLayout Layout { get; } = new(path);

    public TimeProvider Time => time;

    public FileSystemKind Kind { get; } = FileSystemKind.Of(path);

    /// <summary>As participants would use it.</summary>
    public IDisk Disk => Disks.ForRealFileSystem(isLocal: Kind.IsLocal);

    /// <summary>What its participants agreed on; null when it is no ledger.</summary>
    public Manifest? Manifest { get; private set; }

    /// <summary>False when it could not be read, or means nothing to this program.</summary>
    public bool HasLooked { get; private set; }

    public string Log => Manifest?.Log ?? (Kind.IsLocal ? "append" : "chain");

    /// <summary>The second process, in the same scratch directory, by whichever way it reaches it.</summary>
    public DoctorHelper Helper => helper ?? throw new InvalidOperationException("The second process runs only once the directory can be written to.");

    public async Task<DoctorReport> RunAsync(CancellationToken cancellationToken)
    {
        var checks = new List<Check> { await Check.RunAsync("ledger", LookForLedger) };
        checks.Insert(0, PlaceChecks.FileSystem(this));
        checks.Add(await Check.RunAsync("permissions", () =>
        {
            Disk.CreateDirectory(Scratch);
            isMade = true;
            SweepLeftBehind();
            return PlaceChecks.Permissions(this);
        }));
        checks.Add(await Check.RunAsync("space", () => PlaceChecks.Space(this)));
        if (isMade) await ProbeAsync(checks, cancellationToken);
        else
        {
            foreach (var name in new[] { "exclusivity", "appends", "visibilityDelay", "clockGranularity", "watcher", "heartbeat" })
                checks.Add(new Check(name, false, "not tried: nothing can be written here"));
        }
        checks.Add(await Check.RunAsync("whoElse", () => NeighbourChecks.WhoElseAsync(this, cancellationToken)));
        return new DoctorReport(path, Kind.Name, Kind.IsLocal, Log, Manifest is not null, checks);
    }

    public async ValueTask DisposeAsync()
    {
        if (helper is not null) await helper.DisposeAsync();
        // Where nothing could be made, nothing may be looked at either.
        if (isMade && Disk.Look(Scratch) is not null) Disk.DeleteTree(Scratch);
    }

    private async Task ProbeAsync(List<Check> checks, CancellationToken cancellationToken)
    {
        helper = DoctorHelper.Start(Path.Combine(also, scratchName));
        Disk.TryPublish(Path.Combine(Scratch, "here"), "here"u8, flush: false);
        if (await helper.SeesAsync(Sighting.ByName, "here", null, cancellationToken) is null)
            throw new ArgumentException($"'{also}' is another directory than '{path}': --also names the same one, reached another way.");
        checks.Add(await Check.RunAsync("exclusivity", () => RaceChecks.ExclusivityAsync(this, cancellationToken)));
        checks.Add(await Check.RunAsync("appends", () => RaceChecks.AppendsAsync(this, cancellationToken)));
        Delays? delays = null;
        checks.Add(await Check.RunAsync("visibilityDelay", async () =>
        {
            delays = await DelayChecks.MeasureAsync(this, cancellationToken);
            return DelayChecks.Visibility(this, delays);
        }));
        checks.Add(await Check.RunAsync("clockGranularity", () => ClockChecks.Granularity(this, cancellationToken)));
        checks.Add(await Check.RunAsync("watcher", () => ClockChecks.WatcherAsync(this, cancellationToken)));
        checks.Add(DelayChecks.Heartbeat(this, delays));
    }

    private Check LookForLedger()
    {
        Manifest = ManifestStore.Read(Disk, Layout);
        HasLooked = true;
        if (Manifest is { } m) return new Check("ledger", true, $"made {m.Created}, {m.Log} log, id {m.LedgerId}");
        return Disk.List(path)?.FirstOrDefault(name => !LedgerLayout.IsOurs(name)) is { } foreign
            ? new Check("ledger", false, $"none, and it cannot become one: it is not empty (it holds '{foreign}'). Name an empty or a new directory")
            : new Check("ledger", true, "none yet; it is empty and can become one");
    }

    /// <summary>What a doctor that was killed could not remove; its age by the file system's own clock.</summary>
    private void SweepLeftBehind()
    {
        var now = Disk.Look(Scratch)!.Value.Modified;
        foreach (var name in UnixDisk.Names(path, name => name.StartsWith(ScratchPrefix, StringComparison.Ordinal)) ?? [])
        {
            var left = Path.Combine(path, name);
            if (Disk.Look(left) is { IsDirectory: true } entry && now - entry.Modified > LeftBehindAfter) Disk.DeleteTree(left);
        }
    }
}
