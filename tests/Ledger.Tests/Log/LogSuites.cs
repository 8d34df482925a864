using System.IO.Abstractions;
using Ledger.Log;
using Ledger.Platform;
using Ledger.Tests.Platform;

namespace Ledger.Tests.Log;

/// <summary>Logs in a directory that is removed afterwards.</summary>
public abstract class FileLogContract : LogContract
{
    private protected FileLogContract(string? parent)
    {
        Scratch = new ScratchDirectory(parent);
        Layout = new LedgerLayout(Path.Combine(Scratch.Root, "ledger"));
        foreach (var directory in Layout.Directories) Directory.CreateDirectory(directory);
    }

    private protected ScratchDirectory Scratch { get; }

    private protected LedgerLayout Layout { get; }

    public override void Dispose()
    {
        base.Dispose();
        Scratch.Dispose();
        GC.SuppressFinalize(this);
    }
}

[ContractOf(typeof(AppendLog)), Needs(Requirement.Linux)]
public sealed class AppendLogTests() : AppendLogContract(null);

[ContractOf(typeof(AppendLog)), Needs(Requirement.SharedMemory)]
public sealed class AppendLogInSharedMemoryTests() : AppendLogContract(ScratchDirectory.SharedMemory);

[ContractOf(typeof(ChainLog)), Needs(Requirement.Linux)]
public sealed class ChainLogTests() : ChainLogContract(() => new UnixDisk(keepRecordsOpen: true), null);

[ContractOf(typeof(ChainLog)), Needs(Requirement.SharedMemory)]
public sealed class ChainLogInSharedMemoryTests()
    : ChainLogContract(() => new UnixDisk(keepRecordsOpen: true), ScratchDirectory.SharedMemory);

[ContractOf(typeof(ChainLog))]
public sealed class ChainLogOnInjectedDiskTests : ChainLogContract
{
    // One instance, as a process that injects a file system has one.
    private static readonly FileSystem Shared = new();

    public ChainLogOnInjectedDiskTests() : base(() => new InjectedDisk(Shared), null) { }
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
