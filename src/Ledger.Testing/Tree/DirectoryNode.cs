namespace Ledger.Testing;

/// <summary>A directory. Its entries are kept in ordinal order, so that listings are the same in every run.</summary>
internal sealed class DirectoryNode(DateTime now) : Node(now)
{
    private readonly SortedDictionary<string, Node> entries = new(StringComparer.Ordinal);

    public IReadOnlyCollection<Node> Entries => entries.Values;

    public Node? Find(string name) => entries.GetValueOrDefault(name);

    public void Add(string name, Node node, DateTime now)
    {
        entries.Add(name, node);
        node.Parent = this;
        node.Name = name;
        WrittenUtc = now;
    }

    public void Remove(Node node, DateTime now)
    {
        entries.Remove(node.Name);
        node.Parent = null;
        WrittenUtc = now;
    }

    public bool IsInside(Node ancestor)
    {
        for (Node? node = this; node is not null; node = node.Parent)
        {
            if (ReferenceEquals(node, ancestor))
                return true;
        }

        return false;
    }
}
