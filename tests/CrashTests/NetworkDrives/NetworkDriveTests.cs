namespace Ledger.CrashTests.NetworkDrives;

/// <summary>The tests' own network drive.</summary>
public sealed class NetworkDriveTests
{
    [NeedsFact(Requirement.NetworkDrive)]
    public async Task Two_mounts_show_one_directory_and_nothing_is_left_of_it_even_when_one_is_frozen()
    {
        var drive = NetworkDrive.Start();
        var processes = drive.Processes;
        string root;
        try
        {
            var (throughA, throughB, atServer) = drive.NewDirectory();
            root = Path.GetDirectoryName(drive.Served)!;
            await File.WriteAllTextAsync(Path.Combine(throughA, "file"), "content");
            Assert.Equal("content", await File.ReadAllTextAsync(Path.Combine(throughB, "file")));
            Assert.Equal("content", await File.ReadAllTextAsync(Path.Combine(atServer, "file")));
            // The guard, the server, and for each mount sshfs and ssh; processes of the server that serve them may come later.
            Assert.True(processes.Count >= 6, string.Join(' ', processes));
            drive.A.Freeze();
        }
        finally
        {
            drive.Dispose();
        }
        using var bound = new CancellationTokenSource(NetworkDrive.Bound);
        while (processes.Any(NetworkDrive.Runs)) await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, bound.Token);
        Assert.False(Directory.Exists(root));
        Assert.DoesNotContain(await File.ReadAllLinesAsync("/proc/self/mounts"), line => line.Contains(root, StringComparison.Ordinal));
    }
}
