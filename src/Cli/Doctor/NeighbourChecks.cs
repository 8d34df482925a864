using Ledger.Log;
using Ledger.Platform;

namespace Ledger.Cli.Doctor;

/// <summary>Who else is in the ledger.</summary>
internal static class NeighbourChecks
{
    private const int MostNamed = 5;
    private static readonly string[] Grades = ["alive", "dead", "unknown"];
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(5);

    /// <summary>By the kernel's word; where it has none, by whether the record changes within two intervals. Silence for so
    /// short a time proves nothing: unknown.</summary>
    public static async Task<Check> WhoElseAsync(Examination x, CancellationToken cancellationToken)
    {
        if (x.Manifest is not { } manifest) return new Check("whoElse", true, x.HasLooked ? "nobody: no ledger yet" : "unknown: no ledger can be read");
        var table = new ProcessTable(HostIdentity.Current(), events: null);
        var seen = Read(x).Select(r => (r.Key, Record: r.Value, State: table.Look(r.Value.Process))).ToList();
        var changed = new HashSet<string>();
        if (seen.Exists(r => r.State == ProcessState.Unknown))
        {
            var look = TimeSpan.FromMilliseconds(2.2 * manifest.HeartbeatIntervalMs);
            await Task.Delay(look < LongestLook ? look : LongestLook, x.Time, cancellationToken);
            var later = Read(x);
            changed.UnionWith(seen.Where(r => later.TryGetValue(r.Key, out var now) && now != r.Record).Select(r => r.Key));
        }
        var grades = seen.ToLookup(r => r.State switch
        {
            ProcessState.Running => "alive",
            ProcessState.Exited => "dead",
            _ => changed.Contains(r.Key) ? "alive" : "unknown",
        }, r => $"{r.Record.ParticipantId} on {r.Record.Process.Host}");
        return new Check("whoElse", true, seen.Count == 0 ? "nobody" : string.Join("; ",
            Grades.Where(grades.Contains).Select(grade => Describe(grade, [.. grades[grade]]))));
    }

    private static string Describe(string grade, List<string> who) =>
        $"{who.Count} {grade} ({string.Join(", ", who.Take(MostNamed))}{(who.Count > MostNamed ? ", ..." : "")})";

    private static Dictionary<string, HeartbeatRecord.Contents> Read(Examination x)
    {
        var found = new Dictionary<string, HeartbeatRecord.Contents>();
        foreach (var name in x.Disk.List(x.Layout.Participants) ?? [])
        {
            if (x.Disk.ReadAll(x.Layout.Participant(name), 4 * HeartbeatRecord.Size) is { } bytes
                && HeartbeatRecord.Parse(bytes) is { } record) found[name] = record;
        }
        return found;
    }
}
