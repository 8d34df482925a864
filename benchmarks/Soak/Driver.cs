using System.Collections.Concurrent;
using System.Globalization;
using Ledger.Model;

namespace Ledger.Soak;

/// <summary>Starts the participants, kills and stops them, and looks at what is left.</summary>
internal sealed class Driver : IAsyncDisposable
{
    private static readonly TimeSpan Sampling = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StartBound = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan EndBound = TimeSpan.FromMinutes(3);

    private readonly SoakOptions options;
    private readonly LedgerDirectory ledger;
    private readonly Random random;
    private readonly Subject[] subjects;
    private readonly List<Subject> gone = [];
    private readonly ConcurrentQueue<string> faults = new();
    private readonly SoakReport report;
    private int starts;

    private Driver(SoakOptions options, LedgerDirectory ledger)
    {
        (this.options, this.ledger, random) = (options, ledger, new Random(options.Seed));
        var untouched = Math.Max(2, options.Processes / 4);
        subjects = [.. Enumerable.Range(0, options.Processes).Select(i => Start($"p{i.ToString(CultureInfo.InvariantCulture)}"))];
        // The first ones are supervisors, and among those that are touched.
        Untouched = [.. subjects.TakeLast(untouched)];
        report = new SoakReport(options, [.. Untouched.Select(s => new Samples(s.Id))]);
    }

    private IReadOnlyList<Subject> Untouched { get; }

    public static async Task<SoakReport> RunAsync(SoakOptions options, string path)
    {
        var ledger = await LedgerDirectory.OpenAsync(new LedgerOptions { Path = path });
        await using var driver = new Driver(options, ledger);
        await Task.WhenAll(driver.subjects.Select(s => s.Ready)).WaitAsync(StartBound);
        await driver.LoadAsync();
        await driver.EndAsync();
        driver.Check();
        return driver.report;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var subject in subjects.Concat(gone)) await subject.DisposeAsync();
    }

    private Subject Start(string id) => Subject.Start(ledger.Path, id, (options.Seed * 10_000) + (2 * starts++), faults.Enqueue);

    private async Task LoadAsync()
    {
        var begun = TimeProvider.System.GetTimestamp();
        var faulting = FaultAsync(begun);
        while (TimeProvider.System.GetElapsedTime(begun) < options.Load)
        {
            foreach (var (samples, subject) in report.Samples.Zip(Untouched)) samples.Take(subject.Pid);
            report.Size(ledger.Path);
            await Task.Delay(Sampling, TimeProvider.System);
        }
        await faulting;
    }

    private async Task FaultAsync(long begun)
    {
        var touched = subjects.Length - Untouched.Count;
        var resumes = new List<Task>();
        while (TimeProvider.System.GetElapsedTime(begun) < options.Load)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(500, 2500)), TimeProvider.System);
            var at = random.Next(touched);
            var subject = subjects[at];
            if (subject.IsStopped || !subject.Ready.IsCompleted) continue;
            if (random.Next(2) == 0)
            {
                report.Stops++;
                subject.Stop();
                // Some stops are longer than the staleness threshold, some are not.
                resumes.Add(ResumeAsync(subject, TimeSpan.FromMilliseconds(random.Next(200, 10_000))));
            }
            else
            {
                report.Kills++;
                await subject.KillAsync();
                gone.Add(subject);
                subjects[at] = Start(subject.Id);
            }
        }
        await Task.WhenAll(resumes);
    }

    private static async Task ResumeAsync(Subject subject, TimeSpan after)
    {
        await Task.Delay(after, TimeProvider.System);
        subject.Continue();
    }

    /// <summary>No faults and no new operations any more: whatever is open must end by itself.</summary>
    private async Task EndAsync()
    {
        await Task.WhenAll(subjects.Select(s => s.Ready)).WaitAsync(StartBound);
        var begun = TimeProvider.System.GetTimestamp();
        foreach (var subject in subjects) subject.Drain();
        try
        {
            await Task.WhenAll(subjects.Select(s => s.Drained)).WaitAsync(EndBound);
        }
        catch (TimeoutException)
        {
            faults.Enqueue($"not drained: {string.Join(", ", subjects.Where(s => !s.Drained.IsCompleted).Select(s => s.Id))}");
        }
        // A live log has ended and is about to be archived, or its operation has not ended.
        while (ledger.Context.Logs.ListLive().Count > 0 && TimeProvider.System.GetElapsedTime(begun) < EndBound)
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        report.EndedAfter = TimeProvider.System.GetElapsedTime(begun);
        foreach (var id in ledger.Context.Logs.ListLive()) faults.Enqueue($"{id} stays live: {ledger.Read(id).StatusText}");
        await Task.WhenAll(subjects.Select(s => s.QuitAsync()));
    }

    private void Check()
    {
        foreach (var verified in Verification.VerifyAll(ledger))
        {
            report.Entries += verified.Entries;
            report.Torn += verified.Torn.Length;
            foreach (var bad in verified.Bad) faults.Enqueue($"{verified.OperationId}: {bad.Where}: {bad.Why}");
        }
        var mayCrash = subjects.Concat(gone).Where(s => s.WasStopped).Concat(gone).Select(s => s.Incarnation).ToHashSet();
        var killed = gone.Select(s => s.Incarnation).ToHashSet();
        foreach (var name in ledger.Context.Logs.ListArchived()) Judge(name, mayCrash, killed);
        var left = Directory.GetDirectories(ledger.Context.Layout.Temp, "*", SearchOption.AllDirectories)
            .Where(d => Directory.EnumerateFiles(d).Any()).ToList();
        if (left.Count > 0) faults.Enqueue($"{left.Count} temporary directories are left, such as {left[0]}");
        foreach (var subject in subjects.Concat(gone)) report.Add(subject);
        report.Conclude(faults);
    }

    /// <summary>Nobody was declared crashed who was neither stopped nor killed.</summary>
    private void Judge(string backupName, HashSet<string> mayCrash, HashSet<string> killed)
    {
        if (ledger.Context.Logs.TryOpenArchived(backupName) is not { } log) return;
        using var reader = new Runtime.FoldReader(log);
        reader.Read(applied =>
        {
            if (!applied.Outcome.Accepted || applied.Entry.Data is not CrashDetected d) return;
            report.Crashes++;
            if (mayCrash.Contains(d.Accused) && (d.Evidence != EvidenceType.ProcessExited || killed.Contains(d.Accused))) return;
            report.FalseCrashes++;
            faults.Enqueue($"{backupName}: {d.ParticipantId} was declared crashed ({d.Evidence} after {d.StaleForMs} ms) by {applied.Entry.ParticipantId}");
        });
        report.Ended(reader.State!.Status);
        if (!reader.State.IsTerminal) faults.Enqueue($"{backupName} was archived while {reader.State.StatusText}");
    }
}
