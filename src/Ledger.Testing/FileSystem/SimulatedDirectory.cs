using System.IO.Abstractions;
using System.Security.AccessControl;

namespace Ledger.Testing;

/// <summary>Creating, moving and deleting directories.</summary>
internal sealed partial class SimulatedDirectory(SimulatedFileSystem fileSystem) : IDirectory
{
    public IFileSystem FileSystem => fileSystem;

    public bool Exists(string path) => fileSystem.Metadata.LookOrNull(path) is { IsDirectory: true };

    /// <summary>One step per missing directory.</summary>
    public IDirectoryInfo CreateDirectory(string path)
    {
        var target = fileSystem.Parse(path);
        var missing = new Stack<TreePath>();
        var nearest = target;
        EntryStatus? status;
        while ((status = fileSystem.Calls.TryLook(nearest)) is null)
        {
            missing.Push(nearest);
            nearest = nearest.EndsInSeparator ? fileSystem.Parse(nearest.Trimmed) : nearest.Parent;
        }

        if (!status.IsDirectory)
        {
            throw nearest.Trimmed == target.Trimmed
                ? FileErrors.Exists(target.Text)
                : FileErrors.NoDirectory(target.Text);
        }

        foreach (var directory in missing)
            fileSystem.Calls.MakeDirectory(directory);
        return new SimulatedDirectoryInfo(fileSystem, path);
    }

    public IDirectoryInfo CreateDirectory(string path, DirectorySecurity directorySecurity) =>
        throw FileErrors.Unsupported("access control lists");

    public void Delete(string path) => Delete(path, recursive: false);

    /// <summary>Not one step if recursive: one per entry, and others may add entries meanwhile.</summary>
    public void Delete(string path, bool recursive)
    {
        var target = fileSystem.Parse(path);
        if (recursive)
            DeleteEntries(target);
        fileSystem.Calls.DeleteDirectory(target);
    }

    public void Move(string sourceDirName, string destDirName)
    {
        var source = fileSystem.Parse(sourceDirName, nameof(sourceDirName));
        var target = fileSystem.Parse(destDirName, nameof(destDirName));
        if (source.Trimmed == target.Trimmed)
            throw new IOException("Source and destination path must be different.");
        fileSystem.Calls.MoveDirectory(source, target);
    }

    public string GetCurrentDirectory() => fileSystem.CurrentDirectory;

    public void SetCurrentDirectory(string path)
    {
        var target = fileSystem.Parse(path);
        if (fileSystem.Calls.TryLook(target) is not { IsDirectory: true })
            throw FileErrors.NoDirectory(target.Text);
        fileSystem.CurrentDirectory = target.Trimmed;
    }

    public string GetDirectoryRoot(string path) => fileSystem.Path.GetPathRoot(fileSystem.Parse(path).Text);

    public string[] GetLogicalDrives() => ["/"];

    public IDirectoryInfo GetParent(string path)
    {
        var target = fileSystem.Parse(path);
        return target.IsRoot ? null! : new SimulatedDirectoryInfo(fileSystem, target.Parent.Text);
    }

    private void DeleteEntries(TreePath directory)
    {
        foreach (var entry in fileSystem.Calls.List(directory))
        {
            var path = directory.Child(entry.Name);
            try
            {
                if (!entry.IsDirectory)
                {
                    fileSystem.Calls.DeleteFile(path);
                    continue;
                }

                DeleteEntries(path);
                fileSystem.Calls.DeleteDirectory(path);
            }
            catch (DirectoryNotFoundException) when (fileSystem.Calls.TryLook(path) is null)
            {
                // Someone else was faster.
                continue;
            }
        }
    }
}
