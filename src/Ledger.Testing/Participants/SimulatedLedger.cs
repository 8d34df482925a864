using Ledger.Model;
using Ledger.Platform;

namespace Ledger.Testing;

/// <summary>A ledger with its participants in one process, on a <see cref="SimulatedFileSystem"/> and a
/// <see cref="SimulatedTime"/>: the real runtime, without threads and without waiting. Everything happens on the thread
/// that moves time, in an order that is the same at every run with the same seed.
/// <para>Test frameworks send what follows an <c>await</c> to other threads. A method that awaits <see cref="StartAsync"/>
/// is taken out of that: from then on it goes on at once, on this thread. A fixture that does it on a test's behalf
/// passes that on with <see cref="DetachedAsync"/>. Code under test that uses threads itself is not
/// simulated.</para></summary>
public sealed class SimulatedLedger
{
    private static readonly TimeSpan DefaultBound = TimeSpan.FromMinutes(10);

    /// <summary>Simulated time between two looks at what goes on elsewhere, and real time that gets for it.</summary>
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ElsewhereTakes = TimeSpan.FromMilliseconds(20);

    private readonly LedgerOptions options;
    private readonly SimulatedLog log;
    private readonly Random random;
    private readonly bool hasEvents;
    private readonly Dictionary<string, TimeSpan> skews = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SimulatedView> views = new(StringComparer.Ordinal);
    private readonly List<SimulatedParticipant> participants = [];

    /// <summary>Makes an empty ledger.</summary>
    /// <param name="options">Options of every participant (default: those of <see cref="LedgerOptions"/>, in
    /// <c>/ledger</c>). File system, time and log are replaced by the simulated ones.</param>
    /// <param name="seed">Of the random names the ledger makes, incarnations above all.</param>
    public SimulatedLedger(LedgerOptions? options = null, int seed = 1) : this(options, seed, new SimulatedTime(), hasEvents: false)
    {
    }

    private SimulatedLedger(LedgerOptions? options, int seed, SimulatedTime time, bool hasEvents)
    {
        this.hasEvents = hasEvents;
        this.options = options ?? new LedgerOptions { Path = "/ledger" };
#pragma warning disable CA5394 // the same names at every run are the point
        random = new Random(seed);
#pragma warning restore CA5394
        Time = time;
        Files = new SimulatedFileSystem(Time, "observer");
        log = new SimulatedLog(Time);
        if (Files.Path.GetDirectoryName(this.options.Path) is { Length: > 0 } parent) Files.Directory.CreateDirectory(parent);
        Directory = LedgerDirectory.Open(OptionsFor("observer", Processes.Start("observer"), Files, Time, null));
    }

    /// <summary>One in which the seed also draws lots among what is due at the same moment.</summary>
    /// <param name="options">As above.</param>
    /// <param name="seed">As above.</param>
    /// <param name="hasEvents">Whether changes of the disk are told as a kernel tells them of a local one.</param>
    internal static SimulatedLedger WithLots(LedgerOptions options, int seed, bool hasEvents) =>
        new(options, seed, new SimulatedTime(seed: seed), hasEvents);

    /// <summary>The time of all; each participant has a clock of its own that follows it.</summary>
    public SimulatedTime Time { get; }

    /// <summary>The disk that all hosts share, as the test sees it. There are no other disks: a path is the same on every
    /// host.</summary>
    public SimulatedFileSystem Files { get; }

    /// <summary>The ledger, for reading: takes part in nothing.</summary>
    public LedgerDirectory Directory { get; }

    /// <summary>Everyone who was started, in that order.</summary>
    public IReadOnlyList<SimulatedParticipant> Participants => participants;

    /// <summary>What they logged.</summary>
    public IReadOnlyList<SimulatedLogLine> Log => log.Lines;

    internal SimulatedProcesses Processes { get; } = new();

    /// <summary>Starts a process that joins the ledger.</summary>
    /// <param name="id">Its participant id.</param>
    /// <param name="host">The host it runs on.</param>
    /// <param name="with">Changes its options.</param>
    public ValueTask<SimulatedParticipant> StartAsync(
        string id, string host = "h1", Func<LedgerOptions, LedgerOptions>? with = null) =>
        DetachedAsync(BeginAsync(id, host, with, null));

    /// <summary>The same as a process that is there already.</summary>
    internal Task<SimulatedParticipant> StartAsAsync(
        string id, string host, Func<LedgerOptions, LedgerOptions>? with, ProcessIdentity self) => BeginAsync(id, host, with, self);

    /// <summary>Lets the method that awaits this go on at once, on the calling thread, whatever its test framework says.</summary>
    /// <param name="fixture">What was done for the method, with its result; it has ended, as everything does that needs no
    /// time to move.</param>
    public static ValueTask<T> DetachedAsync<T>(Task<T> fixture)
    {
        ArgumentNullException.ThrowIfNull(fixture);
        return fixture.IsCompletedSuccessfully && Detachment<T>.IsNeeded
            ? new ValueTask<T>(new Detachment<T>(fixture), 0) : new ValueTask<T>(fixture);
    }

    /// <summary>An operation's state, as its log says now.</summary>
    /// <exception cref="OperationNotFoundException">There is none of that id.</exception>
    public OperationState Read(string operationId) => Directory.Read(operationId);

    /// <summary>Moves time forward; everything that becomes due on the way happens before this returns.</summary>
    /// <exception cref="InvalidOperationException">Something failed within the ledger that must not fail.</exception>
    public void Advance(TimeSpan by) => Quietly(() => Time.Advance(by));

    /// <summary>What the kernel of a host remembers of the drive, which is shared by all processes there. It always looks anew
    /// unless the test lets it be stale.</summary>
    public SimulatedView ViewOf(string host)
    {
        if (!views.TryGetValue(host, out var view)) views[host] = view = new SimulatedView();
        return view;
    }

    /// <summary>Steps the wall clock of a host, forward or back; nobody's timers notice.</summary>
    public void ShiftClock(string host, TimeSpan by)
    {
        skews[host] = SkewOf(host) + by;
        foreach (var p in participants.Where(p => p.Host == host)) p.Time.ShiftUtc(by);
    }

    /// <summary>Moves time from timer to timer until the condition holds; it is looked at after every moment at which
    /// something happened.</summary>
    /// <param name="condition">Must be cheap, and change nothing.</param>
    /// <param name="bound">Simulated time after which it is given up (default: 10 minutes).</param>
    /// <exception cref="TimeoutException">It did not hold in time; the message tells all operations, participants and the end
    /// of the log.</exception>
    public Task RunUntilAsync(Func<bool> condition, TimeSpan? bound = null)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return InTask(() => Run(condition, bound ?? DefaultBound));
    }

    /// <summary>As <see cref="RunUntilAsync(Func{bool}, TimeSpan?)"/>, until the task has ended; throws what it threw.</summary>
    public async Task RunUntilAsync(Task task, TimeSpan? bound = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        await RunAsync(task, bound ?? DefaultBound).ConfigureAwait(false);
        await task.ConfigureAwait(false);
    }

    /// <summary>As <see cref="RunUntilAsync(Task, TimeSpan?)"/>, with the task's result.</summary>
    public async Task<T> RunUntilAsync<T>(Task<T> task, TimeSpan? bound = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        await RunAsync(task, bound ?? DefaultBound).ConfigureAwait(false);
        return await task.ConfigureAwait(false);
    }

    internal TimeSpan SkewOf(string host) => skews.GetValueOrDefault(host);

    internal LedgerOptions OptionsFor(string id, ProcessIdentity self, SimulatedFileSystem files, TimeProvider time,
        Func<LedgerOptions, LedgerOptions>? with)
    {
        var own = with?.Invoke(options) ?? options;
        return own with
        {
            Path = options.Path,
            Log = LogKind.Simulated,
            FileSystem = files,
            Time = time,
            Logging = log.For(id, own.Logging),
            World = new ProcessWorld(self, Processes.TableOf(self), NewHex, new SimulatedDisk(files, NewHex),
                hasEvents ? new SimulatedEvents(files) : null),
        };
    }

    /// <summary>Runs what makes timers fire, so that what follows an await follows at once on this thread.</summary>
    internal void Quietly(Action action)
    {
        Detachment.Run(action);
        if (log.TakeUnexpected() is { } line)
            throw new InvalidOperationException($"This must not happen. {line}", line.Error);
    }

    private async Task<SimulatedParticipant> BeginAsync(
        string id, string host, Func<LedgerOptions, LedgerOptions>? with, ProcessIdentity? self)
    {
        var started = await SimulatedParticipant.StartAsync(this, id, host, with, self).ConfigureAwait(false);
        participants.Add(started);
        return started;
    }

    private static Task InTask(Action action)
    {
        try
        {
            action();
            return Task.CompletedTask;
        }
#pragma warning disable CA1031 // what an asynchronous method throws comes out of its task
        catch (Exception e)
#pragma warning restore CA1031
        {
            return Task.FromException(e);
        }
    }

    private void Run(Func<bool> condition, TimeSpan bound)
    {
        var end = log.Elapsed + bound;
        Advance(TimeSpan.Zero);
        while (!condition())
        {
            var left = end - log.Elapsed;
            if (left <= TimeSpan.Zero)
                throw new TimeoutException($"The condition did not hold within {bound} of simulated time.\n{SimulatedReport.Of(this)}");
            var next = Time.UntilNextTimer ?? left;
            Advance(next < left ? next : left);
        }
    }

    /// <summary>As <see cref="Run"/>, for a task: what it awaits may go on elsewhere, as where a test framework has a
    /// synchronization context, and simulated time must not run away from it.</summary>
    private async Task RunAsync(Task task, TimeSpan bound)
    {
        var end = log.Elapsed + bound;
        Advance(TimeSpan.Zero);
        while (!task.IsCompleted)
        {
            await Task.WhenAny(task, Task.Delay(ElsewhereTakes, TimeProvider.System)).ConfigureAwait(true);
            if (task.IsCompleted) return;
            if (log.Elapsed >= end)
                throw new TimeoutException($"The task did not end within {bound} of simulated time.\n{SimulatedReport.Of(this)}");
            var slice = end - log.Elapsed < Slice ? end - log.Elapsed : Slice;
            for (var until = log.Elapsed + slice; log.Elapsed < until && !task.IsCompleted;)
            {
                var left = until - log.Elapsed;
                var next = Time.UntilNextTimer ?? left;
                Advance(next < left ? next : left);
            }
        }
    }

    private string NewHex(int digits)
    {
        Time.NoteThread();
        lock (random)
        {
#pragma warning disable CA5394 // see above
            return random.GetHexString(digits, lowercase: true);
#pragma warning restore CA5394
        }
    }
}
