using Ledger.Log;

namespace Ledger.Cli.Doctor;

/// <summary>What two processes at once must not be able to break.</summary>
internal static class RaceChecks
{
    private const int MostRounds = 200, Lines = 500;
    private static readonly TimeSpan RaceTime = TimeSpan.FromSeconds(2);

    /// <summary>Two processes publish the same names at the same moments: one winner each, and its content stands.</summary>
    public static async Task<Check> ExclusivityAsync(Examination x, CancellationToken cancellationToken)
    {
        var begin = x.Time.GetTimestamp();
        x.Disk.TryPublish(Path.Combine(x.Scratch, "first"), "x"u8, flush: false);
        var step = TimeSpan.FromTicks(Math.Max(2 * TimeSpan.TicksPerMillisecond, 2 * x.Time.GetElapsedTime(begin).Ticks));
        if (step > RaceTime / 10) step = RaceTime / 10;
        var rounds = Math.Min(MostRounds, (int)(RaceTime / step));
        var race = new Race(rounds, Schedule.Soon(x.Time, step));
        var theirs = x.Helper.RaceAsync(race, cancellationToken);
        var mine = await Task.Run(() => race.Run(x.Disk, x.Scratch, x.Time, "a", cancellationToken), cancellationToken);
        var other = await theirs;
        return Exclusivity(mine, other, [.. Enumerable.Range(0, rounds).Select(round => Race.Winner(x.Disk, x.Scratch, round))]);
    }

    /// <summary>The finding, from who says that it won and whose content stands.</summary>
    public static Check Exclusivity(bool[] a, bool[] b, string?[] content)
    {
        var wrong = Enumerable.Range(0, content.Length).Count(i => a[i] == b[i] || content[i] != (a[i] ? "a" : "b"));
        return wrong == 0
            ? new Check("exclusivity", true, $"{content.Length} races of two processes for a name, one winner each ({a.Count(w => w)} to {b.Count(w => w)})")
            : new Check("exclusivity", false, $"{wrong} of {content.Length} races of two processes for a name had not one winner: nothing can be shared here");
    }

    /// <summary>Two processes append to one file: every line is there and whole. Only the append log needs it.</summary>
    public static async Task<Check> AppendsAsync(Examination x, CancellationToken cancellationToken)
    {
        if (!x.Kind.IsLocal) return new Check("appends", true, "not tried: only the append log needs them, and it is for local disks");
        var file = Path.Combine(x.Scratch, "appended");
        x.Disk.TryPublish(file, "\n"u8, flush: false);
        var run = new Appending(Lines, Schedule.Soon(x.Time, TimeSpan.Zero));
        var theirs = x.Helper.AppendAsync(run, cancellationToken);
        await Task.Run(() => run.Run(x.Scratch, x.Time, "a"), cancellationToken);
        await theirs;
        return Appends(await File.ReadAllLinesAsync(file, cancellationToken), Lines);
    }

    /// <summary>The finding, from what is in the file.</summary>
    public static Check Appends(string[] lines, int each)
    {
        var found = lines.Where(line => line.Length > 0).ToList();
        var expected = Enumerable.Range(0, each).SelectMany(i => (string[])[Appending.Line("a", i), Appending.Line("b", i)]).ToHashSet();
        var good = found.Count == expected.Count && expected.SetEquals(found);
        return good
            ? new Check("appends", true, $"{found.Count} lines of two processes in one file, all whole")
            : new Check("appends", false, $"of {expected.Count} lines of two processes {found.Count(expected.Contains)} are whole: use the chain log (LedgerOptions.Log)");
    }
}
