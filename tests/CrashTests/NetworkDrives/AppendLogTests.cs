using Ledger.CrashTests.Commands;
using Ledger.Model;

namespace Ledger.CrashTests.NetworkDrives;

/// <summary>A ledger made on the server's own disk has an append log, which only that machine can use.</summary>
[Collection(DriveTests.Name)]
public sealed class AppendLogTests(SharedDrive shared)
{
    [NeedsFact(Requirement.NetworkDrive)]
    public async Task Reached_through_a_mount_it_is_refused_with_what_to_do_and_nothing_is_touched()
    {
        var (throughA, _, atServer) = shared.Drive!.NewDirectory();
        await LedgerDirectory.OpenAsync(new LedgerOptions { Path = atServer });
        var before = Directory.GetFileSystemEntries(atServer, "*", SearchOption.AllDirectories).Order().ToList();
        var refused = await Assert.ThrowsAsync<LedgerStorageException>(
            () => LedgerDirectory.OpenAsync(new LedgerOptions { Path = throughA }));
        Assert.Equal(throughA, refused.Path);
        Assert.Contains("append log works on local disks only", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Make a new ledger in an empty directory on this drive", refused.Message, StringComparison.Ordinal);

        using var command = new CommandLedger();
        var listed = await command.RunAsync("ls", "--ledger", throughA);
        Assert.Equal(3, listed.Code);
        Assert.Contains("Make a new ledger in an empty directory on this drive", listed.Error, StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetFileSystemEntries(atServer, "*", SearchOption.AllDirectories).Order().ToList());
    }

    [NeedsFact(Requirement.NetworkDrive)]
    public async Task What_the_message_says_to_do_works()
    {
        var (throughA, throughB, _) = shared.Drive!.NewDirectory();
        var made = await LedgerDirectory.OpenAsync(new LedgerOptions { Path = throughA });
        Assert.Equal("chain", made.Manifest.Log);
        var found = await LedgerDirectory.OpenAsync(new LedgerOptions { Path = throughB, Create = false });
        Assert.Equal(made.Manifest, found.Manifest);
        await Assert.ThrowsAsync<LedgerStorageException>(() => LedgerDirectory.OpenAsync(
            new LedgerOptions { Path = shared.Drive.NewDirectory().ThroughA, Log = LogKind.Append }));
    }
}
