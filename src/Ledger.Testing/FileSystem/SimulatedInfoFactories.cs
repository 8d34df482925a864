using System.IO.Abstractions;

namespace Ledger.Testing;

internal sealed class SimulatedFileInfoFactory(SimulatedFileSystem fileSystem) : IFileInfoFactory
{
    public IFileInfo FromFileName(string fileName)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        return new SimulatedFileInfo(fileSystem, fileName);
    }
}

internal sealed class SimulatedDirectoryInfoFactory(SimulatedFileSystem fileSystem) : IDirectoryInfoFactory
{
    public IDirectoryInfo FromDirectoryName(string directoryName) =>
        new SimulatedDirectoryInfo(fileSystem, directoryName);
}

internal sealed class SimulatedDriveInfoFactory(SimulatedFileSystem fileSystem) : IDriveInfoFactory
{
    public IDriveInfo[] GetDrives() => [new SimulatedDriveInfo(fileSystem)];

    public IDriveInfo FromDriveName(string driveName) => driveName == "/"
        ? new SimulatedDriveInfo(fileSystem)
        : throw FileErrors.Unsupported($"drive but '/', not '{driveName}'");
}
