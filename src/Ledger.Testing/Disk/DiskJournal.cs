namespace Ledger.Testing;

/// <summary>Every effect on a tree since a moment at which all of it was on the disk, and which of them were flushed since: what
/// is left of it after a loss of power is any choice of the others. A name, its removal and a rename are one effect
/// each; a write is two, the length and the bytes, so that a file may come back full of zeros. Guarded by the tree's
/// lock.</summary>
internal sealed class DiskJournal
{
    private readonly FileTree tree;
    private readonly DiskImage start;
    private readonly List<(Action<DiskImage> Apply, Node[] Where, string What)> effects = [];
    private readonly HashSet<int> flushed = [];

    /// <summary>Begins: what is there now counts as flushed.</summary>
    public DiskJournal(SimulatedFileSystem files)
    {
        tree = files.Calls.Tree;
        lock (tree.Sync)
        {
            start = DiskImage.Of(tree.Root);
            tree.Journal = this;
        }
    }

    /// <summary>How many effects there were.</summary>
    public int Count
    {
        get
        {
            lock (tree.Sync) return effects.Count;
        }
    }

    /// <summary>The numbers of the effects that a loss of power now may or may not take back.</summary>
    public int[] Unflushed()
    {
        lock (tree.Sync) return [.. Enumerable.Range(0, effects.Count).Where(i => !flushed.Contains(i))];
    }

    /// <summary>An effect in words, for messages.</summary>
    public string Describe(int effect) => effects[effect].What;

    /// <summary>What is on the disk when these effects are lost.</summary>
    public DiskImage After(IReadOnlySet<int> lost)
    {
        lock (tree.Sync)
        {
            var image = start.Copy();
            for (var i = 0; i < effects.Count; i++)
            {
                if (!lost.Contains(i)) effects[i].Apply(image);
            }
            return image;
        }
    }

    public void Named(DirectoryNode parent, string name, Node node) =>
        Add(image => image.Name(parent, name, node), $"name {name}", parent);

    public void Unnamed(DirectoryNode parent, string name, Node node) =>
        Add(image => image.Unname(parent, name, node), $"remove {name}", parent);

    public void Renamed(DirectoryNode from, string oldName, DirectoryNode to, string newName, Node node) => Add(image =>
    {
        image.Unname(from, oldName, node);
        image.Name(to, newName, node);
    }, $"rename {oldName} to {newName}", from, to);

    public void Wrote(FileNode file, long offset, ReadOnlySpan<byte> bytes)
    {
        var end = (int)offset + bytes.Length;
        var copy = bytes.ToArray();
        if (end > file.Length) Add(image => image.Resize(file, end, shrink: false), $"length of {file.Name}", file);
        Add(image => image.Fill(file, (int)offset, copy), $"bytes of {file.Name}", file);
    }

    public void Sized(FileNode file, long length) =>
        Add(image => image.Resize(file, (int)length, shrink: true), $"length of {file.Name}", file);

    /// <summary>Of a file: its length and bytes. Of a directory: the names in it, and what was renamed into or out of
    /// it.</summary>
    public void Flushed(Node node)
    {
        for (var i = 0; i < effects.Count; i++)
        {
            if (effects[i].Where.Contains(node)) flushed.Add(i);
        }
    }

    private void Add(Action<DiskImage> apply, string what, params Node[] where) => effects.Add((apply, where, what));
}
