using System.IO.Abstractions;

namespace Ledger.Testing.Tests.Watching;

public sealed class SimulatedWatcherTests : IDisposable
{
    private readonly SimulatedFileSystem disk = new();
    private readonly List<string> events = [];
    private readonly IFileSystemWatcher watcher;

    public SimulatedWatcherTests()
    {
        disk.Directory.CreateDirectory("/w/sub");
        watcher = disk.FileSystemWatcher.CreateNew("/w");
        watcher.Created += (_, e) => events.Add($"created {e.Name}");
        watcher.Changed += (_, e) => events.Add($"changed {e.Name}");
        watcher.Deleted += (_, e) => events.Add($"deleted {e.Name}");
        watcher.Renamed += (_, e) => events.Add($"renamed {e.OldName} {e.FullPath}");
        watcher.EnableRaisingEvents = true;
    }

    public void Dispose() => watcher.Dispose();

    [Fact]
    public void Events_are_raised_before_the_call_returns()
    {
        disk.File.WriteAllText("/w/f", "text");
        Assert.Equal(["created f", "changed f"], events);

        events.Clear();
        disk.File.Move("/w/f", "/w/g");
        disk.File.Delete("/w/g");
        disk.Directory.CreateDirectory("/w/d");
        disk.Directory.Delete("/w/d");

        Assert.Equal(["renamed f /w/g", "deleted g", "created d", "deleted d"], events);
    }

    [Fact]
    public void A_move_into_or_out_of_the_watched_directory_is_a_creation_or_deletion()
    {
        disk.File.WriteAllText("/f", "text");

        disk.File.Move("/f", "/w/f");
        disk.File.Move("/w/f", "/f");

        Assert.Equal(["created f", "deleted f"], events);
    }

    [Fact]
    public void Subdirectories_are_watched_only_if_asked_for()
    {
        disk.File.WriteAllText("/w/sub/f", "");
        Assert.Empty(events);

        watcher.IncludeSubdirectories = true;
        disk.File.WriteAllText("/w/sub/g", "");

        Assert.Equal(["created sub/g"], events);
    }

    [Fact]
    public void Filters_choose_names_and_kinds_of_change()
    {
        watcher.Filter = "*.json";
        watcher.NotifyFilter = NotifyFilters.FileName;

        disk.File.WriteAllText("/w/a.txt", "x");
        disk.File.WriteAllText("/w/a.json", "x");
        disk.File.Move("/w/a.txt", "/w/b.json");
        disk.Directory.CreateDirectory("/w/d.json");

        Assert.Equal(["created a.json", "renamed a.txt /w/b.json"], events);
    }

    [Fact]
    public void A_handler_may_use_the_file_system()
    {
        string? seen = null;
        watcher.Changed += (_, e) => seen = disk.File.ReadAllText(e.FullPath);

        disk.CreateClient("other").File.WriteAllText("/w/f", "text");

        Assert.Equal("text", seen);
    }

    [Fact]
    public void On_a_network_drive_a_watcher_sees_its_own_clients_changes_only()
    {
        var other = disk.CreateClient("other");
        disk.WatchesOtherClients = false;

        other.File.WriteAllText("/w/theirs", "");
        disk.File.WriteAllText("/w/ours", "");

        Assert.Equal(["created ours"], events);
    }

    [Fact]
    public void A_watcher_is_silent_when_disabled_disposed_partitioned_or_crashed()
    {
        var other = disk.CreateClient("other");
        disk.IsPartitioned = true;
        other.File.WriteAllText("/w/1", "");
        disk.IsPartitioned = false;
        watcher.EnableRaisingEvents = false;
        other.File.WriteAllText("/w/2", "");
        watcher.EnableRaisingEvents = true;
        other.File.WriteAllText("/w/3", "");
        disk.Crash();
        other.File.WriteAllText("/w/4", "");
        disk.Restart();
        watcher.Dispose();
        other.File.WriteAllText("/w/5", "");

        Assert.Equal(["created 3"], events);
    }

    [Fact]
    public void A_missing_directory_cannot_be_watched() =>
        Assert.Throws<ArgumentException>(() => disk.FileSystemWatcher.CreateNew("/nowhere", "*"));
}
