namespace Ledger.Testing;

/// <summary>What the kernel of one host remembers of a shared drive: for a while it answers from memory, so that what other
/// hosts changed is not seen yet. What clients of the same view change themselves they see at once, and exclusive steps
/// are always decided by the drive. Give one view to all clients of a simulated host.</summary>
public sealed class SimulatedView
{
    private readonly Dictionary<string, (EntryStatus? Status, long At)> names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (EntryStatus[] Entries, long At)> listings = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (FileNode Copy, long At)> contents = new(StringComparer.Ordinal);

    /// <summary>How old an answer about one name may be, "does not exist" included (default: zero, always fresh). Listing a
    /// directory freshens what is known of the names in it.</summary>
    public TimeSpan NamesFor { get; set; }

    /// <summary>How old a listing of a directory may be (default: zero).</summary>
    public TimeSpan ListingsFor { get; set; }

    /// <summary>How old the content of a file may be that is opened to be read (default: zero).</summary>
    public TimeSpan ContentsFor { get; set; }

    /// <summary>Whether an open file fails with ESTALE once another client deleted it, or its client was cut off and came
    /// back (default: false; it works on, as on a local disk).</summary>
    public bool HasStaleHandles { get; set; }

    // Everything below is guarded by the tree's lock.
    internal EntryStatus? Look(FileTree tree, TreePath path)
    {
        if (NamesFor == TimeSpan.Zero) return Now();
        if (names.TryGetValue(path.Text, out var known) && tree.AgeOf(known.At) < NamesFor) return known.Status;
        var status = Now();
        names[path.Text] = (status, tree.Timestamp);
        return status;

        EntryStatus? Now() => tree.TryFind(path) is { } node ? EntryStatus.Of(node) : null;
    }

    internal EntryStatus[] List(FileTree tree, TreePath path)
    {
        if (ListingsFor > TimeSpan.Zero && listings.TryGetValue(path.Trimmed, out var known)
            && tree.AgeOf(known.At) < ListingsFor) return known.Entries;
        EntryStatus[] entries = [.. tree.FindDirectory(path).Entries.Select(EntryStatus.Of)];
        foreach (var name in names.Keys.Where(n => ParentOf(n) == path.Trimmed).ToList()) names.Remove(name);
        if (ListingsFor > TimeSpan.Zero) listings[path.Trimmed] = (entries, tree.Timestamp);
        return entries;
    }

    /// <summary>What is read at a path: the file, or what is remembered of it; null when it is, or seems, absent.</summary>
    internal Node? FindToRead(FileTree tree, TreePath path)
    {
        if (contents.TryGetValue(path.Text, out var known) && tree.AgeOf(known.At) < ContentsFor) return known.Copy;
        if (NamesFor > TimeSpan.Zero && Look(tree, path) is null) return null;
        var node = tree.TryFind(path);
        if (ContentsFor > TimeSpan.Zero && node is FileNode file) contents[path.Text] = (file.Copy(), tree.Timestamp);
        return node;
    }

    /// <summary>A client of this view changed something there.</summary>
    internal void Forget(TreePath path)
    {
        names.Remove(path.Trimmed);
        contents.Remove(path.Trimmed);
        if (!path.IsRoot) listings.Remove(ParentOf(path.Trimmed));
    }

    /// <summary>A client of this view moved a directory, or came back to the drive.</summary>
    internal void ForgetAll()
    {
        names.Clear();
        listings.Clear();
        contents.Clear();
    }

    private static string ParentOf(string path) => path.LastIndexOf('/') is > 0 and var at ? path[..at] : "/";
}
