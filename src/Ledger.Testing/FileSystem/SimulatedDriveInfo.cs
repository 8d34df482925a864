using System.IO.Abstractions;

namespace Ledger.Testing;

/// <summary>The one drive. Its sizes are those of the simulated disk.</summary>
internal sealed class SimulatedDriveInfo(SimulatedFileSystem fileSystem) : IDriveInfo
{
    public IFileSystem FileSystem => fileSystem;

    public string Name => "/";

    public string DriveFormat => "simulated";

    public DriveType DriveType => DriveType.Ram;

    public bool IsReady => fileSystem is { IsPartitioned: false, IsCrashed: false };

    public IDirectoryInfo RootDirectory => new SimulatedDirectoryInfo(fileSystem, Name);

    public long TotalSize => fileSystem.TotalBytes ?? long.MaxValue;

    public long TotalFreeSpace => Math.Max(0, TotalSize - fileSystem.UsedBytes);

    public long AvailableFreeSpace => TotalFreeSpace;

    public string VolumeLabel
    {
        get => Name;
        set => throw FileErrors.Unsupported("volume labels");
    }
}
