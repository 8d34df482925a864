using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Ledger.Model;

/// <summary>Every call id that an operation has used. Immutable: adding returns another set. Ids that differ only in case
/// are the same.
/// <para>The sets of successive states share one table, in which each id has the number under which it came; a set holds
/// the ids below its own size. So adding one costs the same for the millionth call as for the first, and an older state
/// still answers as it did. Only a second successor of one state copies.</para></summary>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "The ids of calls, in the words of the model.")]
public sealed class CallIds : IReadOnlyCollection<string>
{
    private readonly Dictionary<string, int> table;

    private CallIds(Dictionary<string, int> table, int count)
    {
        this.table = table;
        Count = count;
    }

    /// <summary>No ids. Each read begins a table of its own.</summary>
    public static CallIds Empty => new(new(StringComparer.OrdinalIgnoreCase), 0);

    /// <summary>How many there are.</summary>
    public int Count { get; }

    /// <summary>Whether the id was used before this state.</summary>
    public bool Contains(string callId)
    {
        lock (table) return table.TryGetValue(callId, out var number) && number < Count;
    }

    /// <summary>The set with one more id; this one if it holds the id.</summary>
    public CallIds Add(string callId)
    {
        lock (table)
        {
            var own = table.Count == Count ? table : new(table.Where(e => e.Value < Count), table.Comparer);
            ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(own, callId, out var isThere);
            if (isThere) return this;
            number = Count;
            return new CallIds(own, Count + 1);
        }
    }

    /// <summary>The ids in the order in which they came.</summary>
    public IEnumerator<string> GetEnumerator()
    {
        List<string> ids;
        lock (table) ids = [.. table.Where(e => e.Value < Count).OrderBy(e => e.Value).Select(e => e.Key)];
        return ids.GetEnumerator();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
