namespace Ledger.Testing.Tests.Clients;

public sealed class ClientTests
{
    private readonly SimulatedFileSystem one = new(name: "one");
    private readonly SimulatedFileSystem two;

    public ClientTests() => two = one.CreateClient("two");

    [Fact]
    public void Clients_see_one_tree_at_once()
    {
        one.File.WriteAllText("/f", "text");

        Assert.Equal("text", two.File.ReadAllText("/f"));
        Assert.Equal(("one", "two"), (one.Name, two.Name));
        Assert.Equal(4, two.UsedBytes);
    }

    [Fact]
    public void Each_client_has_its_own_faults_crashes_and_current_directory()
    {
        one.Directory.CreateDirectory("/d");
        one.Directory.SetCurrentDirectory("/d");
        one.Fault = _ => FileFault.PermissionDenied;

        two.File.WriteAllText("f", "text");
        one.Crash();

        Assert.True(two.File.Exists("/f"));
        Assert.False(two.IsCrashed);
        Assert.Equal("/", two.Directory.GetCurrentDirectory());
        Assert.Equal("/d/x", one.Path.GetFullPath("x"));
    }

    [Fact]
    public void A_partitioned_client_fails_everywhere_and_exists_says_false()
    {
        one.File.WriteAllText("/f", "text");
        one.IsPartitioned = true;

        Assert.Equal(107, Assert.Throws<IOException>(() => one.File.ReadAllText("/f")).HResult);
        Assert.Throws<IOException>(() => one.Directory.GetFiles("/"));
        Assert.Throws<IOException>(() => one.File.Move("/f", "/g"));
        Assert.Throws<IOException>(() => one.File.GetLastWriteTimeUtc("/f"));
        Assert.Throws<IOException>(() => one.FileInfo.FromFileName("/f").Length);
        Assert.False(one.File.Exists("/f"));
        Assert.False(one.FileInfo.FromFileName("/f").Exists);
        Assert.True(two.File.Exists("/f"));

        one.IsPartitioned = false;
        Assert.True(one.File.Exists("/f"));
    }

    [Fact]
    public void An_open_stream_fails_during_a_partition_and_works_afterwards()
    {
        using var stream = one.File.Create("/f");
        stream.Write("text"u8);
        one.IsPartitioned = true;
        Assert.Throws<IOException>(stream.Flush);

        one.IsPartitioned = false;
        stream.Flush();

        Assert.Equal(4, two.FileInfo.FromFileName("/f").Length);
    }

    [Fact]
    public void Another_clients_exclusive_open_is_respected_until_that_client_dies()
    {
        var held = one.File.Open("/f", FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        Assert.Equal(11, Assert.Throws<IOException>(() => two.File.OpenRead("/f")).HResult);

        one.Crash();

        two.File.OpenRead("/f").Dispose();
        held.Dispose();
    }

    [Fact]
    public void One_client_can_be_held_up_in_a_call_while_another_goes_on()
    {
        using var reached = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var bound = TimeSpan.FromSeconds(30);
        one.Fault = call =>
        {
            reached.Set();
            Assert.True(release.Wait(bound));
            return null;
        };
        var blocked = new Thread(() => one.File.WriteAllText("/f", "late"));
        blocked.Start();
        Assert.True(reached.Wait(bound));

        two.File.WriteAllText("/f", "early");
        release.Set();

        Assert.True(blocked.Join(bound));
        Assert.Equal("late", two.File.ReadAllText("/f"));
    }

    [Fact]
    public void Changed_is_raised_after_each_change_by_any_client_with_both_paths_of_a_rename()
    {
        var changed = new List<string>();
        one.Changed += path => changed.Add($"{path} {two.File.Exists(path)}");

        two.File.WriteAllText("/f", "x");
        one.File.Move("/f", "/g");
        two.File.ReadAllText("/g");
        two.File.Delete("/g");

        Assert.Equal(["/f True", "/f True", "/f False", "/g True", "/g False"], changed);
    }

    [Fact]
    public void Changed_is_raised_without_locks()
    {
        var seen = false;
        one.Changed += path =>
        {
            var other = new Thread(() => seen = two.File.Exists(path));
            other.Start();
            Assert.True(other.Join(TimeSpan.FromSeconds(30)));
        };

        one.File.WriteAllText("/f", "");

        Assert.True(seen);
    }
}
