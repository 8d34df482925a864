using System.Globalization;
using Ledger.Log;
using Ledger.Model;

namespace Ledger.Testing.Simulation.Reference;

/// <summary>One operation's log as it lies on the disk, file by file, read without the product's log: by names alone, past all
/// faults and views.</summary>
internal sealed class ReferenceLog(SimulatedFileSystem disk, string id)
{
    private readonly List<string> content = [];
    private string? nonce;

    /// <summary>True once it was found in the backup.</summary>
    public bool IsArchived { get; private set; }

    /// <summary>Hands on the entries of files that are new, with each file's name.</summary>
    public void ReadOn(Action<Entry, string> onEntry)
    {
        while (Directory() is { } directory && TryRead(directory, content.Count + 1) is { } text)
        {
            content.Add(text);
            foreach (var entry in EntriesOf(text))
            {
                nonce ??= entry.Nonce;
                if (entry.Nonce == nonce) onEntry(entry, NameOf(content.Count));
            }
        }
    }

    /// <summary>What is not as it was read, or null: no file that was there once may go or change.</summary>
    public string? Damage()
    {
        if (Directory() is not { } directory) return $"the log of {id} is gone";
        for (var number = 1; number <= content.Count; number++)
        {
            if (TryRead(directory, number) != content[number - 1]) return $"entry {NameOf(number)} of {id} is not what it was";
        }
        return null;
    }

    private string NameOf(long number)
    {
        var digits = number.ToString("D10", CultureInfo.InvariantCulture);
        return number == 1 ? $"{digits}.json" : $"{digits}~{nonce}.json";
    }

    /// <summary>Where it lies now: among the live ones, or in the backup.</summary>
    private string? Directory()
    {
        var live = $"/ledger/operations/{id}.log";
        string[] places = [live, $"/ledger/backup/{id}/log", $"/ledger/backup/{id}~{nonce}/log"];
        var found = places.FirstOrDefault(p => disk.File.Exists($"{p}/{NameOf(Math.Max(1, content.Count))}") && IsSame(p));
        IsArchived = found is not null && found != live;
        return found;
    }

    private bool IsSame(string directory) => content.Count == 0 || TryRead(directory, 1) == content[0];

    private string? TryRead(string directory, long number)
    {
        var path = $"{directory}/{NameOf(number)}";
        return disk.File.Exists(path) ? disk.File.ReadAllText(path) : null;
    }

    private static IEnumerable<Entry> EntriesOf(string text)
    {
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (EntryCodec.Read(System.Text.Encoding.UTF8.GetBytes(line), false, out var entry, out _) == LineVerdict.Entry)
                yield return entry!;
        }
    }
}
