using System.Globalization;
using System.Text;
using Ledger.Model;
using Ledger.Platform;

namespace Ledger.Cli.Doctor;

/// <summary>Moments that two processes of one machine share: its monotonic clock.</summary>
/// <param name="Start">The first one.</param>
/// <param name="Step">Between two of them.</param>
internal readonly record struct Schedule(long Start, long Step)
{
    private static readonly TimeSpan Notice = TimeSpan.FromMilliseconds(50);

    /// <summary>Begins when the other process can have heard of it.</summary>
    public static Schedule Soon(TimeProvider time, TimeSpan step) => new(
        time.GetTimestamp() + (long)(Notice.TotalSeconds * time.TimestampFrequency), (long)(step.TotalSeconds * time.TimestampFrequency));

    public void Await(TimeProvider time, int number)
    {
        var moment = Start + (number * Step);
        while (time.GetTimestamp() < moment) Thread.Yield();
    }
}

/// <summary>Names that two processes race for, one at each moment.</summary>
internal sealed record Race(int Rounds, Schedule Schedule)
{
    /// <summary>Which ones this process won.</summary>
    public bool[] Run(IDisk disk, string directory, TimeProvider time, string tag, CancellationToken cancellationToken)
    {
        var won = new bool[Rounds];
        for (var round = 0; round < Rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Schedule.Await(time, round);
            won[round] = disk.TryPublish(Name(directory, round), Encoding.UTF8.GetBytes(tag), flush: false);
        }
        return won;
    }

    public static string? Winner(IDisk disk, string directory, int round) =>
        disk.ReadAll(Name(directory, round), 16) is { } tag ? Encoding.UTF8.GetString(tag) : null;

    private static string Name(string directory, int round) =>
        Path.Combine(directory, "race" + round.ToString(CultureInfo.InvariantCulture));
}

/// <summary>Lines that two processes append to one file as fast as they can.</summary>
internal sealed record Appending(int Count, Schedule Schedule)
{
    private const int Padding = 200;

    public static string Line(string tag, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{tag}{number:D6}{new string('.', Padding)}");

    public void Run(string directory, TimeProvider time, string tag)
    {
        var path = Path.Combine(directory, "appended");
        using var file = UnixDisk.OpenRegular(path, Libc.WriteOnly | Libc.Append, "Cannot append", out _)
            ?? throw new LedgerStorageException(path, "Cannot append: the file vanished");
        Schedule.Await(time, 0);
        for (var i = 0; i < Count; i++)
        {
            var line = Encoding.UTF8.GetBytes($"\n{Line(tag, i)}\n");
            var written = (int)Libc.Write(file, line);
            if (written < 0) throw Errno.Failure("Cannot append", path, -written);
        }
    }
}

/// <summary>By what a change is noticed.</summary>
internal enum Sighting
{
    /// <summary>The file's content, opened afresh.</summary>
    ByContent,

    /// <summary>A new name, asked for by name.</summary>
    ByName,

    /// <summary>A new name, in the directory's listing.</summary>
    ByListing,
}

/// <summary>Waiting, in the second process, for what the first one does.</summary>
internal static class Looking
{
    /// <summary>A delay beyond it is only said to be longer.</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(1);

    /// <summary>When it was seen, on the machine's monotonic clock; null when the bound passed.</summary>
    public static long? Until(IDisk disk, string path, Sighting sighting, string? content, TimeProvider time)
    {
        using var pause = new ManualResetEventSlim(false);
        for (var begin = time.GetTimestamp(); time.GetElapsedTime(begin) < Bound; pause.Wait(Between))
        {
            var seen = sighting switch
            {
                Sighting.ByContent => disk.ReadAll(path, 4096) is { } bytes && Encoding.UTF8.GetString(bytes).StartsWith(content!, StringComparison.Ordinal),
                Sighting.ByName => disk.Look(path) is not null,
                _ => disk.List(Path.GetDirectoryName(path)!)?.Contains(Path.GetFileName(path)) == true,
            };
            if (seen) return time.GetTimestamp();
        }
        return null;
    }
}
