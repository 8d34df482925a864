using System.Runtime.Versioning;
using Ledger.Model;
using Ledger.Platform;

namespace Ledger.Tests.Platform;

[CollectionDefinition(nameof(ProcessWide), DisableParallelization = true)]
public sealed class ProcessWide;

/// <summary>What only the system's own calls can promise. Alone, because the umask is the whole process's.</summary>
[Collection(nameof(ProcessWide))]
[Needs(Requirement.Linux)]
[UnsupportedOSPlatform("windows")]
public sealed class UnixDiskOnlyTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private readonly UnixDisk _disk = new(isLocal: true);

    public void Dispose() => _scratch.Dispose();

    [ContractFact]
    public void Modes_do_not_depend_on_the_umask()
    {
        foreach (var mask in new[] { 0, 0x3f, 0x1ff })
        {
            var before = TestLibc.SetUmask(mask);
            try
            {
                _disk.CreateDirectory(_scratch[$"d{mask}"]);
                _disk.Replace(_scratch[$"r{mask}"], "x"u8);
                _disk.TryPublish(_scratch[$"p{mask}"], "x"u8, flush: false);
            }
            finally
            {
                _ = TestLibc.SetUmask(before);
            }
            const UnixFileMode Mine = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            Assert.Equal(Mine | UnixFileMode.UserExecute, File.GetUnixFileMode(_scratch[$"d{mask}"]));
            Assert.Equal(Mine, File.GetUnixFileMode(_scratch[$"r{mask}"]));
            Assert.Equal(Mine, File.GetUnixFileMode(_scratch[$"p{mask}"]));
        }
    }

    [ContractFact]
    public void A_fifo_is_refused_without_waiting_for_its_other_end()
    {
        Assert.Equal(0, TestLibc.MakeFifo(_scratch["fifo"], 0x180));
        var read = Race.Run(1, _ => Record.Exception(() => _disk.ReadAll(_scratch["fifo"], 10)));
        var refused = Assert.IsType<LedgerStorageException>(read[0]);
        Assert.Contains("not a regular file", refused.Message, StringComparison.Ordinal);
        var opened = Race.Run(1, _ => Record.Exception(() => _disk.OpenRecord(_scratch["fifo"], 10)));
        Assert.IsType<LedgerStorageException>(opened[0]);
    }

    [ContractFact]
    public void Writing_a_record_allocates_nothing()
    {
        _disk.Replace(_scratch["r"], "0000"u8);
        using var record = _disk.OpenRecord(_scratch["r"], 4);
        record.TryWrite("1111"u8);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) record.TryWrite("2222"u8);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [ContractFact]
    public void A_failure_says_in_words_what_the_system_said()
    {
        _disk.Replace(_scratch["file"], "x"u8);
        var error = Assert.Throws<LedgerStorageException>(() => _disk.Replace(_scratch["file/x"], "x"u8));
        Assert.Equal(Errno.NotDirectory, error.Errno);
        Assert.Contains("not a directory", error.Message, StringComparison.Ordinal);
        var link = _scratch["link"];
        File.CreateSymbolicLink(link, _scratch["file"]);
        var refused = Assert.Throws<LedgerStorageException>(() => _disk.ReadAll(link, 10));
        Assert.Contains("symbolic link", refused.Message, StringComparison.Ordinal);
    }

    [ContractFact]
    public void A_file_without_permission_is_a_failure_and_not_absent()
    {
        _disk.Replace(_scratch["file"], "x"u8);
        File.SetUnixFileMode(_scratch["file"], UnixFileMode.None);
        LedgerStorageException error;
        using (Unprivileged.OnThisThread())
            error = Assert.Throws<LedgerStorageException>(() => _disk.ReadAll(_scratch["file"], 10));
        Assert.Contains("permission denied", error.Message, StringComparison.Ordinal);
    }

    [ContractFact]
    public void The_kind_of_file_system_is_known_or_not_local()
    {
        Assert.Equal(new FileSystemKind(true, "ext4"), FileSystemKind.OfType(0xEF53));
        Assert.Equal(new FileSystemKind(false, "NFS"), FileSystemKind.OfType(0x6969));
        Assert.Equal(new FileSystemKind(false, "unknown (0x1234)"), FileSystemKind.OfType(0x1234));
        Assert.False(FileSystemKind.Of("/proc").IsLocal);
        Assert.Throws<LedgerStorageException>(() => FileSystemKind.Of(_scratch["no"]));
    }

    [ContractFact]
    public void The_machines_own_file_system_is_spoken_to_directly()
    {
        Assert.IsType<UnixDisk>(Disks.For(new System.IO.Abstractions.FileSystem(), isLocal: true));
    }
}
