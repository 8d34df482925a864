using System.IO.Abstractions;
using Ledger.Log;
using Ledger.Platform;
using Ledger.Tests.Platform;

namespace Ledger.Tests.Log;

/// <summary>Logs in a directory that is removed afterwards.</summary>
public abstract class FileLogContract : LogContract
{
    private int _opened;

    private protected FileLogContract(string? parent, string? otherWay = null)
    {
        Scratch = new ScratchDirectory(parent);
        Layout = LayoutIn(Scratch.Root);
        OtherLayout = otherWay is null ? Layout : LayoutIn(Path.Combine(otherWay, Path.GetFileName(Scratch.Root)));
        foreach (var directory in Layout.Directories) Directory.CreateDirectory(directory);
    }

    private protected ScratchDirectory Scratch { get; }

    private protected LedgerLayout Layout { get; }

    /// <summary>The same directory as another machine reaches it.</summary>
    private LedgerLayout OtherLayout { get; }

    /// <summary>Where the next process finds the directory: each way in turn.</summary>
    private protected LedgerLayout NextLayout => Interlocked.Increment(ref _opened) % 2 == 0 ? Layout : OtherLayout;

    public override void Dispose()
    {
        base.Dispose();
        Scratch.Dispose();
        GC.SuppressFinalize(this);
    }

    private static LedgerLayout LayoutIn(string directory) => new(Path.Combine(directory, "ledger"));
}

[ContractOf(typeof(AppendLog)), Needs(Requirement.Linux)]
public sealed class AppendLogTests() : AppendLogContract(null);

[ContractOf(typeof(AppendLog)), Needs(Requirement.SharedMemory)]
public sealed class AppendLogInSharedMemoryTests() : AppendLogContract(ScratchDirectory.SharedMemory);

[ContractOf(typeof(ChainLog)), Needs(Requirement.Linux)]
public sealed class ChainLogTests() : ChainLogContract(() => new UnixDisk(isLocal: true), null);

[ContractOf(typeof(ChainLog)), Needs(Requirement.SharedMemory)]
public sealed class ChainLogInSharedMemoryTests()
    : ChainLogContract(() => new UnixDisk(isLocal: true), ScratchDirectory.SharedMemory);

[ContractOf(typeof(ChainLog))]
public sealed class ChainLogOnInjectedDiskTests : ChainLogContract
{
    // One instance, as a process that injects a file system has one.
    private static readonly FileSystem Shared = new();

    public ChainLogOnInjectedDiskTests() : base(() => new InjectedDisk(Shared), null) { }
}

/// <summary>The suite over two mounts of one network drive: half of the participants see it through each.</summary>
[ContractOf(typeof(ChainLog)), Needs(Requirement.NetworkDrive)]
public sealed class ChainLogOverNetworkDriveTests(SharedDrive shared)
    : ChainLogContract(() => new UnixDisk(isLocal: false), shared.Drive?.A.Path, shared.Drive?.B.Path), IClassFixture<SharedDrive>
{
    private protected override int Each => 30;
}

[ContractOf(typeof(MemoryLog))]
public sealed class MemoryLogTests : LogContract
{
    private readonly MemoryLogStore _store = new();

    private protected override ILogStore OpenStore() => _store;
}

public sealed class LogSuiteTests
{
    [Fact]
    public void Every_log_has_a_suite()
    {
        var logs = typeof(IOperationLog).Assembly.GetTypes()
            .Where(type => type is { IsAbstract: false, IsInterface: false })
            .Where(type => type.IsAssignableTo(typeof(IOperationLog)));
        var tested = typeof(LogContract).Assembly.GetTypes()
            .Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(LogContract)))
            .SelectMany(type => type.GetCustomAttributes(typeof(ContractOfAttribute), inherit: false))
            .Cast<ContractOfAttribute>().Select(attribute => attribute.Log).ToHashSet();
        Assert.Superset(logs.ToHashSet(), tested);
        Assert.NotEmpty(logs);
    }
}
