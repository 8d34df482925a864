namespace Ledger.Runtime.Groups;

/// <summary>When a group's two files were last written, and whether they are out of date.</summary>
internal sealed class GroupFiles
{
    private volatile bool dirty = true;

    public long WrittenAtMs { get; set; } = long.MinValue / 2;

    public bool IsDirty => dirty;

    public void Note() => dirty = true;

    /// <summary>Before the state is taken: what changes while it is being written is not lost.</summary>
    public void Taking() => dirty = false;
}
