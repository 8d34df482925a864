using Ledger.Model;

namespace Ledger.Testing.Simulation.Reference;

/// <summary>All operations as the disk has them, each with what the reference says it is.</summary>
internal sealed class ReferenceLedger
{
    private readonly SimulatedFileSystem disk;
    private readonly Func<TimeSpan> now;
    private readonly SortedDictionary<string, (ReferenceLog Log, ReferenceOperation? Operation)> all = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TimeSpan> written = new(StringComparer.Ordinal);
    private bool isDirty = true;

    public ReferenceLedger(SimulatedFileSystem disk, Func<TimeSpan> now)
    {
        (this.disk, this.now) = (disk, now);
        disk.Changed += OnChanged;
    }

    /// <summary>Told of each entry, in each operation's order, with what the reference says of it.</summary>
    public Action<ReferenceOperation, ReferenceEntry>? OnEntry { get; set; }

    /// <summary>Operations whose log has a first entry.</summary>
    public IEnumerable<ReferenceOperation> Operations
    {
        get
        {
            CatchUp();
            return all.Values.Where(o => o.Operation is not null).Select(o => o.Operation!);
        }
    }

    public ReferenceOperation? Find(string id)
    {
        CatchUp();
        return all.TryGetValue(id, out var found) ? found.Operation : null;
    }

    public bool IsArchived(string id)
    {
        CatchUp();
        return all.TryGetValue(id, out var found) && found.Log.IsArchived;
    }

    /// <summary>Reads every file again and compares it with what it was; the first difference, or null.</summary>
    public string? Damage() => all.Values.Where(o => o.Operation is not null).Select(o => o.Log.Damage()).FirstOrDefault(d => d is not null);

    /// <summary>Reads what is new on the disk.</summary>
    public void CatchUp()
    {
        if (!isDirty) return;
        isDirty = false;
        foreach (var directory in disk.Directory.GetDirectories("/ledger/operations", "*.log"))
        {
            var id = Path.GetFileNameWithoutExtension(directory);
            if (!all.ContainsKey(id)) all[id] = (new ReferenceLog(disk, id), null);
        }
        foreach (var id in all.Keys.ToList())
            all[id].Log.ReadOn((entry, file) => Add(id, entry, file));
    }

    private void Add(string id, Entry entry, string file)
    {
        var at = written.GetValueOrDefault(file, now());
        var (log, operation) = all[id];
        if (operation is null)
        {
            if (entry.Data is not OperationCreated) return;
            operation = new ReferenceOperation(entry, at);
            all[id] = (log, operation);
            OnEntry?.Invoke(operation, operation.Entries[0]);
            return;
        }
        var added = operation.Add(entry, at);
        OnEntry?.Invoke(operation, added);
    }

    private void OnChanged(string path)
    {
        if (!path.StartsWith("/ledger/operations/", StringComparison.Ordinal)
            && !path.StartsWith("/ledger/backup/", StringComparison.Ordinal)) return;
        isDirty = true;
        var name = Path.GetFileName(path);
        if (name.Contains('~', StringComparison.Ordinal)) written.TryAdd(name, now());
    }
}
