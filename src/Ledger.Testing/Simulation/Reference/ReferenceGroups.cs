using Ledger.Log.Segments;
using Ledger.Model.Groups;
using Ledger.Rules.Groups;

namespace Ledger.Testing.Simulation.Reference;

/// <summary>All groups as the disk has them, each with what the reference says it is.</summary>
internal sealed class ReferenceGroups
{
    private readonly SimulationWorld world;
    private readonly Func<GroupState, GroupEntry, GroupFolded> fold;
    private readonly SortedDictionary<string, ReferenceGroup> all = new(StringComparer.Ordinal);
    private bool isDirty;

    public ReferenceGroups(SimulationWorld world, Func<GroupState, GroupEntry, GroupFolded> fold)
    {
        (this.world, this.fold) = (world, fold);
        world.Ledger.Files.Changed += OnChanged;
    }

    /// <summary>Told of each entry with its outcome, in each group's order.</summary>
    public Action<ReferenceGroup, GroupEntry, GroupOutcome>? OnEntry { get; set; }

    /// <summary>Those that have a first segment.</summary>
    public IEnumerable<ReferenceGroup> All
    {
        get
        {
            CatchUp();
            return all.Values.Where(g => g.IsThere);
        }
    }

    public ReferenceGroup? Find(string id)
    {
        CatchUp();
        return all.GetValueOrDefault(id);
    }

    /// <summary>Reads what is new on the disk.</summary>
    public void CatchUp()
    {
        if (!isDirty) return;
        isDirty = false;
        foreach (var group in all.Values) group.ReadOn();
    }

    private void OnChanged(string path)
    {
        if (path.IndexOf('@', StringComparison.Ordinal) is not (> 0 and var at)) return;
        isDirty = true;
        var id = Path.GetFileName(path[..at]);
        if (all.ContainsKey(id) || SegmentName.OfLive($"{id}{path[at..].Split('/')[0]}") is null) return;
        all[id] = new ReferenceGroup(world.Ledger.Files, id, (g, e, o) => OnEntry?.Invoke(g, e, o)) { Require = world.Require, Fold = fold };
    }
}
