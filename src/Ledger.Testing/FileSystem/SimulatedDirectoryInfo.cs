using System.IO.Abstractions;
using System.Security.AccessControl;

namespace Ledger.Testing;

internal sealed partial class SimulatedDirectoryInfo(SimulatedFileSystem fileSystem, string path)
    : SimulatedEntryInfo(fileSystem, path), IDirectoryInfo
{
    public override string Name => Target.IsRoot ? "/" : Target.Name;

    private IDirectory Directories => Simulated.Directory;

    public override bool Exists => StatusOrNull is { IsDirectory: true };

    public IDirectoryInfo Parent => Directories.GetParent(FullName);

    public IDirectoryInfo Root => new SimulatedDirectoryInfo(Simulated, "/");

    public void Create()
    {
        Directories.CreateDirectory(FullName);
        Refresh();
    }

    public void Create(DirectorySecurity directorySecurity) =>
        Directories.CreateDirectory(FullName, directorySecurity);

    public IDirectoryInfo CreateSubdirectory(string path)
    {
        var target = Simulated.Parse(Path.Join(FullName, path));
        if (!target.Text.StartsWith(Target.IsRoot ? "/" : Target.Trimmed + "/", StringComparison.Ordinal))
        {
            throw new ArgumentException(
                $"The directory specified, '{path}', is not a subdirectory of '{FullName}'.", nameof(path));
        }

        return Directories.CreateDirectory(target.Text);
    }

    public override void Delete() => Delete(recursive: false);

    public void Delete(bool recursive)
    {
        Directories.Delete(FullName, recursive);
        Refresh();
    }

    public void MoveTo(string destDirName)
    {
        Directories.Move(FullName, destDirName);
        Retarget(Path.EndsInDirectorySeparator(destDirName) ? destDirName : destDirName + "/");
    }

    public DirectorySecurity GetAccessControl() => throw FileErrors.Unsupported("access control lists");

    public DirectorySecurity GetAccessControl(AccessControlSections includeSections) =>
        throw FileErrors.Unsupported("access control lists");

    public void SetAccessControl(DirectorySecurity directorySecurity) =>
        throw FileErrors.Unsupported("access control lists");
}
