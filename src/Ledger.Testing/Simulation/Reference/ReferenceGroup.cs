using System.Globalization;
using System.Text;
using Ledger.Log;
using Ledger.Log.Groups;
using Ledger.Log.Segments;
using Ledger.Model.Groups;
using Ledger.Rules.Groups;

namespace Ledger.Testing.Simulation.Reference;

/// <summary>One group's log as it lies on the disk, segment by segment and file by file, read without the product's log. Folded
/// by the product's own fold, apart from all processes; what the fold says is judged entry by entry by <see cref="Model"/>.
/// </summary>
internal sealed class ReferenceGroup(SimulatedFileSystem disk, string id, Action<ReferenceGroup, GroupEntry, GroupOutcome> onEntry)
{
    private readonly List<GroupState> states = [];
    private long segment;
    private string nonce = "";
    private int file;

    public string Id => id;

    public required Action<bool, string> Require { get; init; }

    public required Func<GroupState, GroupEntry, GroupFolded> Fold { get; init; }

    public GroupModel Model { get; } = new();

    public bool IsThere => states.Count > 0;

    /// <summary>As everything that was written says.</summary>
    public GroupState State => states[^1];

    /// <summary>Every entry in its order, with its answer.</summary>
    public List<string> Entries { get; } = [];

    /// <summary>Segments that are full.</summary>
    public long Seals => segment - 1;

    /// <summary>The state at a position, as text that can be compared; null where there is none.</summary>
    public string? At(long position) => position < states.Count ? Text(states[(int)position]) : null;

    /// <summary>Reads files that are new, into the next segment behind a seal.</summary>
    public void ReadOn()
    {
        if (segment == 0 && !Begin(1)) return;
        while (true)
        {
            if (TryRead(file + 1) is { } text)
            {
                file++;
                foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries)) Read(line);
            }
            else if (!State.Sealed || !Begin(segment + 1)) return;
        }
    }

    /// <summary>A state as text: without what differs on both sides of a seal.</summary>
    public static string Text(GroupState s) => string.Join('\n', GroupStateCodec
        .Write(s with { Segment = 1, SegmentStart = 0, Sealed = false }).Select(Encoding.UTF8.GetString));

    private void Read(string line)
    {
        if (GroupEntryCodec.Read(Encoding.UTF8.GetBytes(line), false, out var entry, out _) != LineVerdict.Entry || entry!.Nonce != nonce)
            return;
        if (State.Sealed) return;
        var (state, outcome) = Fold(State, entry);
        Require(outcome.Position == states.Count, $"an entry of {id} has position {outcome.Position}, and it is number {states.Count}");
        Model.Judge(entry, outcome, state, Require);
        states.Add(state);
        Entries.Add($"{line} {outcome.Rejection}");
        onEntry(this, entry, outcome);
    }

    private bool Begin(long number)
    {
        var (before, beforeFile) = (segment, file);
        (segment, file) = (number, 0);
        if (TryRead(1) is not { } text)
        {
            (segment, file) = (before, beforeFile);
            return false;
        }
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var header = SegmentHeader.Read(Encoding.UTF8.GetBytes(lines[0]));
        var state = GroupStateCodec.Read(lines.Skip(1).Take((int)header.Lines).Select(Encoding.UTF8.GetBytes));
        (nonce, file) = (header.Nonce, 1);
        if (IsThere)
        {
            Require(Text(state) == Text(State), $"segment {number} of {id} begins with another state than segment {before} ended with");
            states[^1] = GroupFold.Continue(State);
        }
        else states.Add(state);
        return true;
    }

    private string? TryRead(int number)
    {
        var digits = number.ToString("D10", CultureInfo.InvariantCulture);
        var name = number == 1 ? $"{digits}.json" : $"{digits}~{nonce}.json";
        return Places().Select(p => $"{p}/{name}").Where(disk.File.Exists).Select(disk.File.ReadAllText).FirstOrDefault();
    }

    private IEnumerable<string> Places()
    {
        var log = SegmentName.Of(id, segment);
        yield return $"/ledger/{log}.log";
        if (!disk.Directory.Exists("/ledger/segments")) yield break;
        foreach (var archived in disk.Directory.GetDirectories("/ledger/segments", $"{log}*").Order(StringComparer.Ordinal))
            yield return $"{archived}/log";
    }
}
