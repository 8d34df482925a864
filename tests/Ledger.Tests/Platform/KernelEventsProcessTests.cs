using System.Collections.Concurrent;
using Ledger.Platform;

namespace Ledger.Tests.Platform;

public sealed class KernelEventsProcessTests : IDisposable
{
    private readonly ConcurrentQueue<Exception> _errors = [];
    private readonly KernelEvents _events;
    private readonly TaskCompletionSource _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public KernelEventsProcessTests() => _events = KernelEvents.TryCreate(_errors.Enqueue, TimeProvider.System)!;

    public void Dispose()
    {
        _events?.Dispose();
        Assert.DoesNotContain(_errors, error => error.Message != "from a callback");
    }

    [LinuxFact]
    public async Task The_end_of_a_process_is_told_before_anyone_waited_for_it()
    {
        using var process = TestProcess.Sleeping();
        using var watch = _events.WatchProcess(process.Identity, _exited.SetResult);

        Assert.NotNull(watch);
        Assert.False(_exited.Task.IsCompleted);
        process.Kill();

        await _exited.Task.WaitAsync(Eventually.Bound);
    }

    [LinuxFact]
    public async Task A_process_that_is_gone_is_told_at_once()
    {
        using var process = TestProcess.Sleeping();
        process.KillAndReap();

        using var watch = _events.WatchProcess(process.Identity, _exited.SetResult);

        await _exited.Task.WaitAsync(Eventually.Bound);
    }

    [LinuxFact]
    public async Task A_pid_that_was_used_again_is_not_watched_but_told_as_gone()
    {
        using var process = TestProcess.Sleeping();

        using var watch = _events.WatchProcess(process.Identity with { StartToken = "1" }, _exited.SetResult);

        await _exited.Task.WaitAsync(Eventually.Bound);
        Assert.Equal(ProcessState.Running, ProcessTable.Look(process.Pid, process.Identity.StartToken));
    }

    [LinuxFact]
    public async Task A_disposed_watch_tells_nothing()
    {
        using var process = TestProcess.Sleeping();
        var told = false;
        _events.WatchProcess(process.Identity, () => told = true)!.Dispose();
        using var other = _events.WatchProcess(process.Identity, _exited.SetResult);

        process.Kill();

        await _exited.Task.WaitAsync(Eventually.Bound);
        Assert.False(told);
    }

    [LinuxFact]
    public async Task What_a_callback_throws_is_reported_and_ends_nothing()
    {
        using var first = TestProcess.Sleeping();
        using var second = TestProcess.Sleeping();
        using var watch = _events.WatchProcess(first.Identity, () => throw new InvalidOperationException("from a callback"));
        using var other = _events.WatchProcess(second.Identity, _exited.SetResult);

        first.Kill();
        await Eventually.True(() => _errors.Count == 1, "the report");
        second.Kill();

        await _exited.Task.WaitAsync(Eventually.Bound);
    }

    [LinuxFact]
    public async Task After_dispose_nothing_is_told_or_watched()
    {
        using var process = TestProcess.Sleeping();
        using var other = KernelEvents.TryCreate(_errors.Enqueue, TimeProvider.System)!;
        var told = false;
        using var early = _events.WatchProcess(process.Identity, () => told = true);
        using var watch = other.WatchProcess(process.Identity, _exited.SetResult);

        _events.Dispose();
        process.Kill();

        await _exited.Task.WaitAsync(Eventually.Bound);
        Assert.False(told);
        Assert.Null(_events.WatchProcess(process.Identity, () => { }));
        Assert.Null(_events.WatchDirectory(Path.GetTempPath(), _ => { }));
    }
}
