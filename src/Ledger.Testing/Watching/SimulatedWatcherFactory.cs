using System.IO.Abstractions;

namespace Ledger.Testing;

internal sealed class SimulatedWatcherFactory(SimulatedFileSystem fileSystem) : IFileSystemWatcherFactory
{
    public IFileSystemWatcher CreateNew() => new SimulatedWatcher(fileSystem);

    public IFileSystemWatcher CreateNew(string path) => new SimulatedWatcher(fileSystem) { Path = path };

    public IFileSystemWatcher CreateNew(string path, string filter) =>
        new SimulatedWatcher(fileSystem) { Path = path, Filter = filter };
}
