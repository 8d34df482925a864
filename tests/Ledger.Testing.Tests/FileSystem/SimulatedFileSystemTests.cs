using Microsoft.Win32.SafeHandles;

namespace Ledger.Testing.Tests.FileSystem;

public sealed class SimulatedFileSystemTests
{
    private readonly SimulatedTime time = new(new DateTimeOffset(2020, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly SimulatedFileSystem disk;

    public SimulatedFileSystemTests() => disk = new SimulatedFileSystem(time);

    [Fact]
    public void Times_come_from_the_time_provider()
    {
        var created = time.GetUtcNow().UtcDateTime;
        disk.Directory.CreateDirectory("/d");
        disk.File.WriteAllText("/d/f", "1");
        time.Advance(TimeSpan.FromSeconds(1));
        var written = time.GetUtcNow().UtcDateTime;
        disk.File.AppendAllText("/d/f", "2");

        Assert.Equal((created, written), (disk.File.GetCreationTimeUtc("/d/f"), disk.File.GetLastWriteTimeUtc("/d/f")));
        Assert.Equal(created, disk.Directory.GetLastWriteTimeUtc("/d"));

        disk.File.Move("/d/f", "/d/g");
        Assert.Equal(written, disk.File.GetLastWriteTimeUtc("/d/g"));
        Assert.Equal(written, disk.Directory.GetLastWriteTimeUtc("/d"));
    }

    [Fact]
    public void Listings_are_in_ordinal_order_whatever_the_order_of_creation()
    {
        foreach (var name in (string[])["b", "a10", "B", "a2", "_"])
            disk.File.WriteAllText($"/tmp/{name}", "");

        Assert.Equal(["/tmp/B", "/tmp/_", "/tmp/a10", "/tmp/a2", "/tmp/b"], disk.Directory.GetFiles("/tmp"));
    }

    [Fact]
    public void A_read_only_file_is_not_written_and_a_read_only_directory_takes_and_gives_nothing()
    {
        disk.Directory.CreateDirectory("/d/e");
        disk.File.WriteAllText("/d/f", "text");
        disk.File.SetAttributes("/d/f", FileAttributes.ReadOnly);
        disk.DirectoryInfo.FromDirectoryName("/d").Attributes = FileAttributes.ReadOnly;

        Assert.Throws<UnauthorizedAccessException>(() => disk.File.WriteAllText("/d/f", "x"));
        Assert.Throws<UnauthorizedAccessException>(() => disk.File.WriteAllText("/d/g", "x"));
        Assert.Throws<UnauthorizedAccessException>(() => disk.File.Delete("/d/f"));
        Assert.Throws<UnauthorizedAccessException>(() => disk.File.Move("/d/f", "/f"));
        Assert.Throws<UnauthorizedAccessException>(() => disk.Directory.Delete("/d/e"));
        Assert.Throws<UnauthorizedAccessException>(() => disk.Directory.CreateDirectory("/d/h"));
        Assert.Equal("text", disk.File.ReadAllText("/d/f"));
    }

    [Fact]
    public void Temporary_and_random_names_are_the_same_in_every_run_and_never_repeat()
    {
        var other = new SimulatedFileSystem(time);

        var names = Enumerable.Range(0, 3).Select(_ => disk.Path.GetTempFileName()).ToArray();

        Assert.Equal(names, Enumerable.Range(0, 3).Select(_ => other.Path.GetTempFileName()));
        Assert.Equal(3, disk.Directory.GetFiles(disk.Path.GetTempPath()).Length);
        Assert.DoesNotContain(disk.Path.GetRandomFileName(), names.Select(Path.GetFileName));
    }

    [Fact]
    public async Task Asynchronous_members_are_done_when_they_return()
    {
        using var cancellation = new CancellationTokenSource();
        var write = disk.File.WriteAllTextAsync("/f", "one");
        Assert.True(write.IsCompletedSuccessfully);
        await disk.File.AppendAllLinesAsync("/f", [" line"]);
        Assert.Equal(["one line"], await disk.File.ReadAllLinesAsync("/f"));

        await cancellation.CancelAsync();

        var cancelled = disk.File.WriteAllTextAsync("/f", "two", cancellation.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.Equal("one line\n", disk.File.ReadAllText("/f"));
    }

    [Fact]
    public async Task Streams_work_asynchronously()
    {
        using var stream = disk.File.Open("/f", FileMode.Create);
        await stream.WriteAsync(new byte[] { 1, 2, 3 });
        await stream.FlushAsync();
        stream.Position = 0;
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);

        Assert.Equal([1, 2, 3], copy.ToArray());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => stream.ReadAsync(new byte[1], new CancellationToken(canceled: true)).AsTask());
    }

    [Fact]
    public void What_makes_no_sense_here_is_refused_by_name()
    {
        var refused = new (string Word, Action Call)[]
        {
            ("encryption", () => disk.File.Encrypt("/f")),
            ("encryption", () => disk.FileInfo.FromFileName("/f").Decrypt()),
            ("handles", () => disk.FileStream.Create(new SafeFileHandle(), FileAccess.Read)),
            ("drive", () => disk.DriveInfo.FromDriveName("/mnt")),
            ("wait", () => disk.FileSystemWatcher.CreateNew("/").WaitForChanged(WatcherChangeTypes.All)),
        };

        Assert.All(refused, entry => Assert.Contains(
            entry.Word, Assert.Throws<NotSupportedException>(entry.Call).Message, StringComparison.Ordinal));
    }
}
