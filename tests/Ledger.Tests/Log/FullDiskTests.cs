using Ledger.Log;
using Ledger.Model;
using Ledger.Platform;
using Ledger.Tests.Platform;

namespace Ledger.Tests.Log;

public sealed class FullDiskTests
{
    private const string Id = "op-1";

    [MountFact]
    public void An_append_log_survives_a_full_disk_and_goes_on_when_there_is_room()
    {
        using var disk = new SmallDisk();
        var files = new UnixDisk(isLocal: true);
        var store = new AppendLogStore(files, disk.Root, Path.Combine(disk.Root, "backup"));
        Assert.True(store.TryCreate(Id, LogTesting.Genesis("n1")));
        using var log = store.TryOpen(Id)!;
        disk.Fill("filler");

        var acknowledged = new List<string> { LogTesting.GenesisLine("n1") };
        var answers = new List<AppendResult>();
        // Records that do not divide a page: the one that meets the end is cut short.
        for (var i = 0; answers.Count(each => each.Status == AppendStatus.NotWritten) < 3; i++)
        {
            var line = $"{i:D4}" + new string('x', 997);
            var answer = log.Append(LogTesting.Lines(line));
            if (answer.Status == AppendStatus.Written) acknowledged.Add(line);
            else answers.Add(answer);
        }
        Assert.Equal(AppendStatus.Unknown, answers[0].Status);
        Assert.Contains("bytes were taken", answers[0].Error!.Message, StringComparison.Ordinal);
        Assert.Equal(Errno.NoSpace, answers[^1].Error!.Errno);
        Assert.Contains("no space left on device", answers[^1].Error!.Message, StringComparison.Ordinal);
        Assert.Equal(acknowledged, log.ReadLines());
        Assert.Equal(LogReadStatus.AtUnterminatedTail, log.Skip());

        File.Delete(Path.Combine(disk.Root, "filler"));
        Assert.Equal(AppendStatus.Written, log.Append("\n"u8).Status);
        Assert.Equal(AppendStatus.Written, log.Append(LogTesting.Lines("goes on")).Status);
        // The cut record is known now: one line that is broken, for everyone alike.
        var rest = log.ReadLines();
        Assert.Equal(2, rest.Count);
        Assert.StartsWith($"{acknowledged.Count - 1:D4}x", rest[0], StringComparison.Ordinal);
        Assert.NotEqual(1001, rest[0].Length);
        Assert.Equal("goes on", rest[1]);
        using var late = store.TryOpen(Id)!;
        Assert.Equal([.. acknowledged, .. rest], late.ReadLines());
    }

    [MountFact]
    public void A_record_that_lacked_only_its_last_newline_is_whole_with_the_next_one()
    {
        using var disk = new SmallDisk();
        var files = new UnixDisk(isLocal: true);
        var store = new AppendLogStore(files, disk.Root, Path.Combine(disk.Root, "backup"));
        Assert.True(store.TryCreate(Id, LogTesting.Genesis("n1")));
        using var log = store.TryOpen(Id)!;
        disk.Fill("filler");
        log.Skip();
        // The page that genesis began is the log's; all but the newline fits into it.
        var line = new string('x', 4096 - LogTesting.Genesis("n1").Length - 1);
        Assert.Equal(AppendStatus.Unknown, log.Append(LogTesting.Lines(line)).Status);
        Assert.Empty(log.ReadLines());
        File.Delete(Path.Combine(disk.Root, "filler"));
        Assert.Equal(AppendStatus.Written, log.Append("\n"u8).Status);
        Assert.Equal([line], log.ReadLines());
    }

    [MountFact]
    public void A_chain_log_survives_a_full_disk_and_goes_on_when_there_is_room()
    {
        using var disk = new SmallDisk();
        var store = new ChainLogStore(new UnixDisk(isLocal: true), disk.Root, Path.Combine(disk.Root, "backup"),
            TimeProvider.System, ChainLogOptions.Default);
        Assert.True(store.TryCreate(Id, LogTesting.Genesis("n1")));
        using var log = store.TryOpen(Id)!;
        disk.Fill("filler");
        log.Skip();
        var refused = log.Append(LogTesting.Lines("a"));
        Assert.Equal(AppendStatus.NotWritten, refused.Status);
        Assert.Contains("no space left on device", refused.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(["0000000001.json", "~n1"], Directory.GetFileSystemEntries(Path.Combine(disk.Root, $"{Id}.log")).Select(Path.GetFileName).Order());
        File.Delete(Path.Combine(disk.Root, "filler"));
        Assert.Equal(AppendStatus.Written, log.Append(LogTesting.Lines("a")).Status);
        Assert.Equal(["a"], log.ReadLines());
    }

    [MountFact]
    public void Files_on_a_full_disk_keep_what_they_had()
    {
        using var small = new SmallDisk();
        var disk = new UnixDisk(isLocal: true);
        var path = Path.Combine(small.Root, "state");
        disk.Replace(path, "old"u8);
        small.Fill("filler");
        var error = Assert.Throws<LedgerStorageException>(() => disk.Replace(path, new byte[5000]));
        Assert.Equal(Errno.NoSpace, error.Errno);
        Assert.Equal("old"u8.ToArray(), disk.ReadAll(path, 10));
        Assert.Empty(disk.ListTemporary(small.Root)!);
        Assert.Equal(new FileSystemKind(true, "tmpfs"), FileSystemKind.Of(small.Root));
    }
}
