using Ledger.Model;

namespace Ledger.Log.Segments;

/// <summary>The segments of all groups' logs in a ledger. The newest complete one and the one before it are
/// live; the others are moved away by one rename each, and the oldest of those deleted. Thread-safe. Nothing is decided by a
/// clock, and nobody waits for anybody.</summary>
/// <param name="logs">Logs whose ids are segments' names.</param>
/// <param name="newHex">Random hexadecimal digits, as many as asked for.</param>
/// <param name="kept">Segments with a successor that are kept.</param>
internal sealed class SegmentStore(ILogStore logs, Func<int, string> newHex, int kept = SegmentStore.Kept)
{
    /// <summary>Segments with a successor that are kept, where nobody says otherwise: who falls behind by fewer misses no
    /// event.</summary>
    public const int Kept = 3;

    /// <summary>Random digits of a segment's nonce.</summary>
    private const int NonceDigits = 16;

    /// <summary>How often the newest segment is looked for in one go. Each look that finds nothing to open took as long as
    /// others needed to seal more segments than are kept.</summary>
    private const int MostLooks = 16;

    /// <summary>The groups that have segments.</summary>
    public IReadOnlyList<string> ListGroups() =>
        [.. logs.ListLive().Select(SegmentName.Parse).OfType<(string GroupId, long Number)>()
            .Select(segment => segment.GroupId).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Opens a segment wherever it lies; null when it is not complete, or not there any more.</summary>
    public IOperationLog? TryOpen(string groupId, long number) => logs.TryOpen(SegmentName.Of(groupId, number));

    /// <summary>Opens the newest complete segment; null when there is none.</summary>
    /// <exception cref="LedgerStorageException">Others went on faster than it could be looked for.</exception>
    public (long Number, IOperationLog Log)? TryOpenNewest(string groupId, long after = 0)
    {
        List<long> before = [];
        for (var looks = 0; looks < MostLooks; looks++)
        {
            List<long> numbers = [.. Numbers(groupId).Where(number => number > after).OrderDescending()];
            foreach (var number in numbers)
            {
                if (TryOpen(groupId, number) is { } log) return (number, log);
            }
            // What is still there and cannot be opened is not complete. What is not there any more was over before it could
            // be opened, and then there is a newer one: that is no absence.
            if (numbers.SequenceEqual(before)) return null;
            before = numbers;
        }
        throw new LedgerStorageException(SegmentName.Of(groupId, before[0]),
            "The newest segment was over each time before it could be opened");
    }

    /// <summary>Opens the oldest segment that is kept; null when there is none.</summary>
    public (long Number, IOperationLog Log)? TryOpenOldest(string groupId)
    {
        foreach (var number in Numbers(groupId).Order())
        {
            if (TryOpen(groupId, number) is { } log) return (number, log);
        }
        return null;
    }

    /// <summary>Whether there is a segment of that number or a later one, complete or not.</summary>
    public bool Reaches(string groupId, long number) => Numbers(groupId).Any(each => each >= number);

    /// <summary>Creates a segment from what stands in its header, exclusively: false when another was first.</summary>
    public bool TryCreate(string groupId, long number, int foldVersion, long position, IReadOnlyList<byte[]> state) =>
        logs.TryCreate(SegmentName.Of(groupId, number),
            SegmentHeader.Write(groupId, number, newHex(NonceDigits), foldVersion, position, state).Span);

    /// <summary>Moves away every segment whose successor has one, and deletes the oldest of those. Whoever dies in it is finished
    /// by the next one who calls it.
    /// <para>Not the newest one's predecessor: a reader whose view is behind would find neither that one, where it was, nor the
    /// newest, and would begin behind an older seal, where a name is free again.</para></summary>
    public void Tidy(string groupId)
    {
        if (TryOpenNewest(groupId) is not { } newest) return;
        newest.Log.Dispose();
        // Whatever bears a number below the newest one's, by whoever it was created and when: all of it is over.
        foreach (var number in Numbers(groupId, logs.ListLive()).Where(number => number < newest.Number - 1).Order())
            logs.TryArchive(SegmentName.Of(groupId, number), newHex(NonceDigits), static _ => true);
        foreach (var name in logs.ListArchived().Where(name => IsOld(groupId, name, newest.Number)))
            logs.DeleteArchived(name, static _ => true);
    }

    private bool IsOld(string groupId, string archivedName, long newest) =>
        SegmentName.Parse(LedgerLayout.OperationIdOf(archivedName)) is { } segment
        && segment.GroupId == groupId && segment.Number < newest - kept;

    // Live ones first: what is moved away in between is seen in both places, not in neither.
    private IEnumerable<long> Numbers(string groupId) => Numbers(groupId,
        [.. logs.ListLive(), .. logs.ListArchived().Select(LedgerLayout.OperationIdOf)]).Distinct();

    private static IEnumerable<long> Numbers(string groupId, IEnumerable<string> names) =>
        names.Select(SegmentName.Parse).OfType<(string GroupId, long Number)>()
            .Where(segment => segment.GroupId == groupId).Select(segment => segment.Number);
}
