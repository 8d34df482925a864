using System.IO.Abstractions;

namespace Ledger.Testing;

/// <summary><see cref="Path"/>, but for what depends on the machine the test runs on.</summary>
internal sealed class SimulatedPath(SimulatedFileSystem fileSystem) : PathWrapper(fileSystem)
{
    private readonly SimulatedFileSystem fileSystem = fileSystem;

    public override string GetFullPath(string path) => fileSystem.Parse(path).Text;

    public override string GetTempPath() => "/tmp/";

    public override string GetRandomFileName() => fileSystem.Calls.Tree.NextRandomName();

    public override string GetTempFileName()
    {
        var path = GetTempPath() + GetRandomFileName();
        using (fileSystem.Streams.Create(path, FileMode.CreateNew))
            return path;
    }
}
