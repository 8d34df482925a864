using System.Collections.Concurrent;
using Ledger.Platform;

namespace Ledger.Tests.Platform;

public sealed class KernelEventsDirectoryTests : IDisposable
{
    private readonly ConcurrentQueue<Exception> _errors = [];
    private readonly ConcurrentQueue<string> _told = [];
    private readonly KernelEvents _events;
    private readonly string _directory = Directory.CreateTempSubdirectory("ledger-events-").FullName;

    public KernelEventsDirectoryTests() => _events = KernelEvents.TryCreate(_errors.Enqueue, TimeProvider.System)!;

    public void Dispose()
    {
        _events?.Dispose();
        if (Directory.Exists(_directory)) Directory.Delete(_directory, recursive: true);
        Assert.Empty(_errors);
    }

    [LinuxFact]
    public async Task Files_that_are_created_written_or_moved_in_are_named()
    {
        using var watch = Watch(_directory);
        using var other = Directory.CreateTempSubdirectory("ledger-events-").AsDisposable();

        await File.WriteAllTextAsync(Path.Combine(_directory, "created"), "x");
        await Eventually.True(() => _told.Contains("created"), "the creation");
        _told.Clear();
        await File.AppendAllTextAsync(Path.Combine(_directory, "created"), "y");
        await Eventually.True(() => _told.Contains("created"), "the change");
        var outside = Path.Combine(other.Path, "moved");
        await File.WriteAllTextAsync(outside, "x");
        File.Replace(outside, Path.Combine(_directory, "created"), null);
        await Eventually.True(() => _told.Count > 1, "the move");
    }

    [LinuxFact]
    public async Task The_end_of_the_directory_is_told_as_a_change_of_everything()
    {
        using var watch = Watch(_directory);

        Directory.Delete(_directory);

        await Eventually.True(() => _told.Contains("(all)"), "the end");
    }

    [LinuxFact]
    public void What_is_no_directory_cannot_be_watched()
    {
        Assert.Null(Watch(Path.Combine(_directory, "missing")));
        var file = Path.Combine(_directory, "file");
        File.WriteAllText(file, "");
        Assert.Null(Watch(file));
    }

    [LinuxFact]
    public async Task Two_watches_of_one_directory_are_independent()
    {
        var first = new ConcurrentQueue<string?>();
        var early = _events.WatchDirectory(_directory, first.Enqueue)!;
        using var watch = Watch(_directory);

        early.Dispose();
        early.Dispose();
        await File.WriteAllTextAsync(Path.Combine(_directory, "a"), "x");

        await Eventually.True(() => _told.Contains("a"), "the change");
        Assert.Empty(first);
    }

    [LinuxFact]
    public async Task A_flood_is_told_in_few_calls_and_an_exit_within_it_at_once()
    {
        const int files = 2, rounds = 20_000;
        using var watch = Watch(_directory);
        using var process = TestProcess.Sleeping();
        var exited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var exit = _events.WatchProcess(process.Identity, exited.SetResult);
        var paths = Enumerable.Range(0, files).Select(each => Path.Combine(_directory, $"f{each}")).ToArray();
        var handles = paths.Select(path => File.OpenHandle(path, FileMode.Create, FileAccess.Write)).ToArray();

        var started = TimeProvider.System.GetTimestamp();
        for (var round = 0; round < rounds; round++)
        {
            // In turns, so that the kernel itself cannot merge them.
            foreach (var handle in handles) RandomAccess.Write(handle, "x"u8, round);
            if (round == rounds / 2) process.Kill();
        }

        var elapsed = TimeProvider.System.GetElapsedTime(started);
        await exited.Task.WaitAsync(Eventually.Bound);
        foreach (var handle in handles) handle.Dispose();
        await File.WriteAllTextAsync(Path.Combine(_directory, "last"), "x");
        await Eventually.True(() => _told.Contains("last") || _told.Contains("(all)"), "the last change");

        // At most a batch each millisecond, and two before it is known to be a flood.
        var most = (elapsed.TotalMilliseconds + 50) * (files + 1);
        Assert.InRange(_told.Count, 3, Math.Min(most, files * rounds / 4));
    }

    private IDisposable? Watch(string path) => _events.WatchDirectory(path, name => _told.Enqueue(name ?? "(all)"));
}

internal static class DirectoryExtensions
{
    public static DisposableDirectory AsDisposable(this DirectoryInfo directory) => new(directory.FullName);
}

internal sealed class DisposableDirectory(string path) : IDisposable
{
    public string Path => path;

    public void Dispose() => Directory.Delete(path, recursive: true);
}
