using System.Globalization;
using System.Text;

namespace Ledger.Testing;

/// <summary>What lies on a disk: names and contents, by the files and directories that a tree had. An entry in a directory
/// that has no name itself is not found, and so is lost with it.</summary>
internal sealed class DiskImage
{
    private readonly Dictionary<Node, SortedDictionary<string, Node>> names = [];
    private readonly Dictionary<Node, byte[]> contents = [];
    private readonly Node root;

    private DiskImage(Node root) => this.root = root;

    public static DiskImage Of(DirectoryNode root)
    {
        var image = new DiskImage(root);
        image.Take(root);
        return image;
    }

    public DiskImage Copy()
    {
        var copy = new DiskImage(root);
        foreach (var (node, entries) in names) copy.names[node] = new(entries, StringComparer.Ordinal);
        // Contents are replaced, never changed.
        foreach (var (node, content) in contents) copy.contents[node] = content;
        return copy;
    }

    public void Name(Node directory, string name, Node node) => EntriesOf(directory)[name] = node;

    public void Unname(Node directory, string name, Node node)
    {
        if (ReferenceEquals(EntriesOf(directory).GetValueOrDefault(name), node)) EntriesOf(directory).Remove(name);
    }

    public void Resize(Node file, int length, bool shrink)
    {
        var content = ContentOf(file);
        if (length > content.Length || shrink) Array.Resize(ref content, length);
        contents[file] = content;
    }

    /// <summary>Bytes beyond the length are not in the file.</summary>
    public void Fill(Node file, int offset, byte[] bytes)
    {
        var content = (byte[])ContentOf(file).Clone();
        var count = Math.Clamp(content.Length - offset, 0, bytes.Length);
        bytes.AsSpan(0, count).CopyTo(content.AsSpan(Math.Min(offset, content.Length)));
        contents[file] = content;
    }

    /// <summary>A file system that holds it, as after the power came back.</summary>
    public SimulatedFileSystem Mount(TimeProvider time)
    {
        var files = new SimulatedFileSystem(time);
        Walk(root, "", (path, content) =>
        {
            if (content is null) files.Directory.CreateDirectory(path);
            else files.File.WriteAllBytes(path, content);
        });
        return files;
    }

    /// <summary>The same for images that cannot be told apart.</summary>
    public string Fingerprint()
    {
        var text = new StringBuilder();
        Walk(root, "", (path, content) => text.Append(path).Append(':')
            .Append(content is null ? "/" : Convert.ToHexString(content)).Append(';'));
        return text.ToString();
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        Walk(root, "", (path, content) => text.Append(CultureInfo.InvariantCulture, $"{path} {content?.Length} "));
        return text.ToString();
    }

    private void Walk(Node directory, string path, Action<string, byte[]?> visit)
    {
        foreach (var (name, node) in EntriesOf(directory))
        {
            var child = $"{path}/{name}";
            if (node is FileNode)
            {
                visit(child, ContentOf(node));
                continue;
            }
            visit(child, null);
            Walk(node, child, visit);
        }
    }

    private void Take(DirectoryNode directory)
    {
        foreach (var node in directory.Entries)
        {
            Name(directory, node.Name, node);
            if (node is DirectoryNode inner) Take(inner);
            else if (node is FileNode file)
            {
                var content = new byte[file.Length];
                file.Read(0, content);
                contents[file] = content;
            }
        }
    }

    private SortedDictionary<string, Node> EntriesOf(Node directory)
    {
        if (!names.TryGetValue(directory, out var entries)) names[directory] = entries = new(StringComparer.Ordinal);
        return entries;
    }

    private byte[] ContentOf(Node file) => contents.GetValueOrDefault(file) ?? [];
}
