namespace Ledger.Testing.Tests.FileSystem;

public sealed class CapacityTests
{
    private readonly SimulatedFileSystem disk = new() { TotalBytes = 10 };

    [Fact]
    public void A_write_beyond_the_disk_writes_what_fits_and_says_so()
    {
        var error = Assert.Throws<IOException>(() => disk.File.WriteAllText("/f", "0123456789ab"));

        Assert.Equal((28, "No space left on device : '/f'"), (error.HResult, error.Message));
        Assert.Equal("0123456789", disk.File.ReadAllText("/f"));
    }

    [Fact]
    public void On_a_full_disk_an_empty_file_is_created_a_rename_works_and_overwriting_in_place_works()
    {
        disk.File.WriteAllText("/f", "0123456789");

        Assert.Throws<IOException>(() => disk.File.WriteAllText("/g", "x"));
        disk.File.Move("/f", "/h");
        using (var stream = disk.File.OpenWrite("/h"))
            stream.Write("abc"u8);

        Assert.Equal(("", "abc3456789"), (disk.File.ReadAllText("/g"), disk.File.ReadAllText("/h")));
    }

    [Fact]
    public void Deleting_truncating_and_replacing_give_space_back()
    {
        disk.File.WriteAllText("/f", "0123456789");
        disk.File.Delete("/f");
        disk.File.WriteAllText("/g", "0123456789");
        disk.File.WriteAllText("/g", "01234");
        disk.File.WriteAllText("/h", "56789");
        disk.File.Move("/h", "/g", overwrite: true);

        Assert.Equal(5, disk.UsedBytes);
        Assert.Equal(5, disk.DriveInfo.FromDriveName("/").AvailableFreeSpace);
    }

    [Fact]
    public void A_deleted_file_takes_space_until_it_is_closed()
    {
        var stream = disk.File.Create("/f");
        stream.Write("0123456789"u8);
        stream.Flush();
        disk.File.Delete("/f");
        Assert.Equal(10, disk.UsedBytes);

        stream.Dispose();

        Assert.Equal(0, disk.UsedBytes);
    }

    [Fact]
    public void A_file_cannot_be_lengthened_beyond_the_disk()
    {
        using var stream = disk.File.Create("/f");

        Assert.Equal(28, Assert.Throws<IOException>(() => stream.SetLength(11)).HResult);
        stream.Position = 20;
        stream.WriteByte(1);
        Assert.Throws<IOException>(stream.Flush);

        Assert.Equal(0, disk.UsedBytes);
        disk.TotalBytes = null;
    }
}
