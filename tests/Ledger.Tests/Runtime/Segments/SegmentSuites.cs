using System.IO.Abstractions;
using Ledger.Log;
using Ledger.Log.Segments;
using Ledger.Platform;
using Ledger.Tests.Platform;

namespace Ledger.Tests.Runtime.Segments;

public abstract class FileSegmentContract : SegmentContract
{
    private readonly ScratchDirectory scratch;

    private protected FileSegmentContract(string? parent)
    {
        scratch = new ScratchDirectory(parent);
        Layout = new LedgerLayout(Path.Combine(scratch.Root, "ledger"));
        Directory.CreateDirectory(Layout.Root);
    }

    private protected LedgerLayout Layout { get; }

    public override void Dispose()
    {
        base.Dispose();
        scratch.Dispose();
        GC.SuppressFinalize(this);
    }
}

public abstract class AppendSegmentContract(string? parent) : FileSegmentContract(parent)
{
    private protected override bool IsReadByName => false;

    private protected override ILogStore OpenLogs() => new AppendLogStore(
        new UnixDisk(isLocal: true), Layout.Root, Layout.Segments, genesisBytes: LogLimits.HeaderBytes);
}

public abstract class ChainSegmentContract(string? parent) : FileSegmentContract(parent)
{
    private protected virtual IDisk Disk => new UnixDisk(isLocal: true);

    private protected override int Each => 40;

    private protected override ILogStore OpenLogs() => new ChainLogStore(Disk, Layout.Root, Layout.Segments, TimeProvider.System,
        new ChainLogOptions(Flush: false, TimeSpan.Zero) { GenesisBytes = LogLimits.HeaderBytes });
}

[Needs(Requirement.Linux)]
public sealed class AppendSegmentTests() : AppendSegmentContract(null);

[Needs(Requirement.SharedMemory)]
public sealed class AppendSegmentInSharedMemoryTests() : AppendSegmentContract(ScratchDirectory.SharedMemory);

[Needs(Requirement.Linux)]
public sealed class ChainSegmentTests() : ChainSegmentContract(null);

[Needs(Requirement.SharedMemory)]
public sealed class ChainSegmentInSharedMemoryTests() : ChainSegmentContract(ScratchDirectory.SharedMemory);

public sealed class ChainSegmentOnInjectedDiskTests() : ChainSegmentContract(null)
{
    // One instance, as a process that injects a file system has one.
    private static readonly FileSystem Shared = new();

    private protected override IDisk Disk => new InjectedDisk(Shared);
}

public sealed class MemorySegmentTests : SegmentContract
{
    private readonly MemoryLogStore store = new(LogLimits.HeaderBytes);

    private protected override ILogStore OpenLogs() => store;
}

public sealed class SegmentNameTests
{
    [Theory]
    [InlineData("g@0000000001", "g", 1)]
    [InlineData("a.b-c@0000000042", "a.b-c", 42)]
    [InlineData("g@12345678901", "g", 12_345_678_901)]
    public void A_segments_name_tells_group_and_number(string name, string group, long number)
    {
        Assert.Equal((group, number), SegmentName.Parse(name));
        Assert.Equal(name, SegmentName.Of(group, number));
    }

    [Theory]
    [InlineData("g")]
    [InlineData("g@1")]
    [InlineData("g@0000000000")]
    [InlineData("g@00000000001")]
    [InlineData("g@-000000001")]
    [InlineData("@0000000001")]
    [InlineData("a@b@0000000001")]
    public void Whatever_else_is_no_segment(string name) => Assert.Null(SegmentName.Parse(name));

    [Theory]
    [InlineData("segments", true)]
    [InlineData("secrets", true)]
    [InlineData("g.orchestrator.json", true)]
    [InlineData("g.supervisors.json", true)]
    [InlineData("g@0000000001.log.jsonl", true)]
    [InlineData("g@0000000001.log", true)]
    [InlineData(".0123456789abcdef.tmp", true)]
    [InlineData("g.log.jsonl", false)]
    [InlineData(".orchestrator.json", false)]
    [InlineData(".hidden", false)]
    [InlineData("notes.json", false)]
    public void A_ledger_knows_its_own_names(string name, bool isOurs) => Assert.Equal(isOurs, LedgerLayout.IsOurs(name));
}
