namespace Ledger.Testing;

internal enum TreeChangeKind
{
    Created,
    Changed,
    Deleted,
    Renamed,
}

/// <summary>Something that happened to the tree. <see cref="OldPath"/> is set for renames only.</summary>
internal readonly record struct TreeChange(
    TreeChangeKind Kind, string Path, bool IsDirectory, ClientState By, string? OldPath = null);
