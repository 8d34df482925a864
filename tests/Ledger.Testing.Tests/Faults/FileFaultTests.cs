using System.Text;

namespace Ledger.Testing.Tests.Faults;

public sealed class FileFaultTests
{
    private readonly SimulatedFileSystem disk = new();
    private readonly List<FileCall> calls = [];

    [Fact]
    public void The_hook_sees_every_call_in_order_with_its_number_and_path()
    {
        disk.Fault = Record;

        disk.Directory.CreateDirectory("/a");
        disk.File.WriteAllText("/a/f", "text");
        disk.File.Move("/a/f", "/a/g");
        disk.File.Delete("/a/g");

        Assert.Equal(
            [
                "1 Look /a", "2 Look /", "3 CreateDirectory /a", "4 Open /a/f", "5 Write /a/f", "6 Move /a/f",
                "7 DeleteFile /a/g",
            ],
            calls.Select(call => $"{call.Number} {call.Kind} {call.Path}"));
        Assert.Equal((FileMode.Create, 4, "/a/g"), (calls[3].Mode, calls[4].Length, calls[5].Target));
    }

    [Fact]
    public void A_failed_call_has_done_nothing()
    {
        disk.Fault = At(FileCallKind.Write, FileFault.InputOutputError);

        var error = Assert.Throws<IOException>(() => disk.File.WriteAllText("/f", "text"));

        Assert.Equal(5, error.HResult);
        Assert.Contains("/f", error.Message, StringComparison.Ordinal);
        Assert.Equal("", disk.File.ReadAllText("/f"));
    }

    [Fact]
    public void Ready_made_faults_are_what_the_system_throws()
    {
        disk.File.WriteAllText("/f", "");

        disk.Fault = At(FileCallKind.Open, FileFault.NoSpace);
        Assert.Equal(28, Assert.Throws<IOException>(() => disk.File.OpenRead("/f")).HResult);
        disk.Fault = At(FileCallKind.Open, FileFault.PermissionDenied);
        Assert.Throws<UnauthorizedAccessException>(() => disk.File.OpenRead("/f"));
        disk.Fault = At(FileCallKind.Open, FileFault.Fail(new TimeoutException()));
        Assert.Throws<TimeoutException>(() => disk.File.OpenRead("/f"));
    }

    [Fact]
    public void A_lost_reply_is_an_error_after_the_effect()
    {
        disk.File.WriteAllText("/f", "text");
        disk.Fault = At(FileCallKind.Move, FileFault.FailAfter(new IOException("lost")));

        Assert.Throws<IOException>(() => disk.File.Move("/f", "/g"));

        Assert.True(disk.File.Exists("/g"));
    }

    [Fact]
    public void A_short_write_leaves_its_first_bytes_and_says_the_disk_is_full()
    {
        disk.Fault = At(FileCallKind.Write, FileFault.ShortWrite(2));

        Assert.Equal(28, Assert.Throws<IOException>(() => disk.File.WriteAllText("/f", "text")).HResult);

        Assert.Equal("te", disk.File.ReadAllText("/f"));
        Assert.False(disk.IsCrashed);
    }

    [Fact]
    public void A_torn_write_leaves_its_first_bytes_and_kills_the_client()
    {
        var other = disk.CreateClient("other");
        disk.Fault = At(FileCallKind.Write, FileFault.TornWrite(3));

        Assert.Throws<SimulatedCrashException>(() => disk.File.WriteAllText("/f", "text"));

        Assert.True(disk.IsCrashed);
        Assert.Equal("tex", other.File.ReadAllText("/f"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_crash_comes_before_or_after_the_effect(bool after)
    {
        var other = disk.CreateClient("other");
        disk.Fault = At(FileCallKind.CreateDirectory, after ? FileFault.CrashAfter : FileFault.CrashBefore);

        Assert.Throws<SimulatedCrashException>(() => disk.Directory.CreateDirectory("/d"));

        Assert.Equal(after, other.Directory.Exists("/d"));
    }

    [Fact]
    public void After_a_crash_nothing_of_the_client_takes_effect_not_even_its_finally_blocks()
    {
        var other = disk.CreateClient("other");
        disk.File.WriteAllText("/f", "kept");
        disk.Crash();

        Assert.Throws<SimulatedCrashException>(() => disk.File.Delete("/f"));
        Assert.Throws<SimulatedCrashException>(() => disk.File.Exists("/f"));
        Assert.Throws<SimulatedCrashException>(() => disk.Directory.GetFiles("/"));
        Assert.Equal("kept", other.File.ReadAllText("/f"));

        disk.Restart();
        Assert.Equal("kept", disk.File.ReadAllText("/f"));
    }

    [Fact]
    public void A_crash_closes_what_was_open_and_loses_what_was_buffered()
    {
        var other = disk.CreateClient("other");
        var stream = disk.File.Open("/f", FileMode.Create);
        stream.Write("flushed "u8);
        stream.Flush();
        stream.Write("buffered"u8);
        Assert.Throws<IOException>(() => other.File.ReadAllText("/f"));

        disk.Crash();
        stream.Dispose();

        Assert.Equal("flushed ", other.File.ReadAllText("/f"));
        disk.Restart();
        Assert.Throws<ObjectDisposedException>(() => stream.Length);
    }

    [Fact]
    public void A_crash_while_a_call_waits_in_the_hook_prevents_that_call()
    {
        var other = disk.CreateClient("other");
        disk.Fault = _ =>
        {
            disk.Crash();
            return null;
        };

        Assert.Throws<SimulatedCrashException>(() => disk.File.WriteAllText("/f", "text"));

        Assert.False(other.File.Exists("/f"));
    }

    [Fact]
    public void Buffered_bytes_stay_buffered_when_the_disk_refuses_them()
    {
        using var stream = disk.File.Open("/f", FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
        stream.Write("text"u8);
        disk.Fault = At(FileCallKind.Write, FileFault.ShortWrite(1));
        Assert.Throws<IOException>(stream.Flush);

        disk.Fault = null;
        stream.Flush();

        Assert.Equal("text", disk.File.ReadAllText("/f"));
    }

    [Fact]
    public void An_open_that_fails_afterwards_leaves_nothing_open()
    {
        disk.Fault = At(FileCallKind.Open, FileFault.FailAfter(new IOException("lost")));
        Assert.Throws<IOException>(() => disk.File.Create("/f"));

        disk.Fault = null;

        disk.File.Create("/f").Dispose();
    }

    [Fact]
    public void Only_a_write_can_be_torn()
    {
        disk.Fault = At(FileCallKind.DeleteFile, FileFault.TornWrite(1));

        Assert.Throws<InvalidOperationException>(() => disk.File.Delete("/f"));
        Assert.Throws<ArgumentOutOfRangeException>(() => FileFault.TornWrite(-1));
    }

    [Fact]
    public async Task Asynchronous_members_fail_within_their_task()
    {
        disk.Fault = At(FileCallKind.Open, FileFault.CrashBefore);

        var write = disk.File.WriteAllTextAsync("/f", "text");

        await Assert.ThrowsAsync<SimulatedCrashException>(() => write);
    }

    [Fact]
    public void Replacing_a_file_with_a_backup_can_be_killed_between_its_two_renames()
    {
        var other = disk.CreateClient("other");
        disk.File.WriteAllText("/new", "new");
        disk.File.WriteAllText("/f", "old");
        var moves = 0;
        disk.Fault = call => call.Kind == FileCallKind.Move && ++moves == 2 ? FileFault.CrashBefore : null;

        Assert.Throws<SimulatedCrashException>(() => disk.File.Replace("/new", "/f", "/backup"));

        Assert.Equal((false, "old"), (other.File.Exists("/f"), other.File.ReadAllText("/backup")));
    }

    [Fact]
    public void A_large_text_is_torn_where_its_buffers_end()
    {
        var written = new List<int>();
        disk.Fault = call =>
        {
            if (call.Kind == FileCallKind.Write)
                written.Add(call.Length);
            return null;
        };

        using (var stream = disk.File.Create("/f"))
        {
            for (var line = 0; line < 100; line++)
                stream.Write(Encoding.ASCII.GetBytes(new string('x', 100)));
        }

        Assert.Equal([4096, 4096, 10_000 - (2 * 4096)], written);
    }

    private FileFault? Record(FileCall call)
    {
        calls.Add(call);
        return null;
    }

    private static Func<FileCall, FileFault?> At(FileCallKind kind, FileFault fault) =>
        call => call.Kind == kind ? fault : null;
}
