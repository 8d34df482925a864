using Ledger.Model;
using Ledger.Tests.Scenarios;

namespace Ledger.Tests.Api;

/// <summary>A process stands still, is declared crashed, and wakes up.</summary>
public sealed class FencingTests
{
    [Fact]
    public async Task Whoever_wakes_up_declared_crashed_is_fenced_and_cleans_up_locally()
    {
        var stage = await new Stage().SetAsync(oneHost: false);
        var (_, _, c) = await stage.ChainAsync();
        CleanupContext? told = null;
        c.OnCleanup(context =>
        {
            told = context;
            return ValueTask.CompletedTask;
        });
        stage["editor"].Freeze();
        await stage.UntilTerminalAsync();

        stage["editor"].Resume();
        stage.Ledger.Advance(TimeSpan.FromSeconds(1));

        Assert.True(told!.Fenced);
        Assert.True(c.IsClosed);
        Assert.True(c.CancellationToken.IsCancellationRequested);
        Assert.True(stage.By("editor").CleanupToken.IsCancellationRequested);
        await Assert.ThrowsAsync<FencedException>(() => c.EndAsync().AsTask());
        await Assert.ThrowsAsync<FencedException>(() => stage.By("editor").StartCallAsync("again").AsTask());
        await Assert.ThrowsAsync<FencedException>(() => stage.By("editor").AbortAsync().AsTask());
        await Assert.ThrowsAsync<ProposalRejectedException>(() => stage.JoinAsync("editor"));
    }

    [Fact]
    public async Task Who_does_not_know_yet_learns_it_from_its_next_entry_and_has_done_no_harm()
    {
        var stage = await new Stage().SetAsync(oneHost: false);
        await stage.CallAsync("cli", "a");
        var b = await stage.CallAsync("bridge", "b", "a", new CallOptions { FailOnCrash = false });
        await b.RegisterPathAsync("/tmp/output", directory: false);
        await stage.Ledger.Files.File.WriteAllTextAsync("/tmp/output", "old");
        stage["bridge"].Freeze();
        await stage.UntilAsync(s => s.Stack.Count == 1);
        // Others made the path anew meanwhile: it is not the zombie's any more.
        await stage.Ledger.Files.File.WriteAllTextAsync("/tmp/output", "new");

        await Assert.ThrowsAsync<FencedException>(() => b.FailAsync("late").AsTask());

        Assert.Equal("new", await stage.Ledger.Files.File.ReadAllTextAsync("/tmp/output"));
        Assert.True(b.Cancellation is not null);
        stage["bridge"].Resume();
        await stage.Ledger.RunUntilAsync(() => b.IsClosed);
        Assert.True(b.CancellationToken.IsCancellationRequested);
        Assert.Equal(OperationStatus.Running, stage.Now.Status);
        await stage.VerifyHistoryAsync();
    }

    [Fact]
    public async Task It_goes_on_in_its_other_operations()
    {
        var stage = await new Stage().SetAsync(oneHost: false);
        var own = await stage["editor"].Participant.CreateOperationAsync("own");
        var call = await own.StartCallAsync("work");
        // An observer that is wrong: in this operation only.
        stage["cli"].Participant.Core.Find(Stage.Op)!.Replica.Propose(new CrashDetected(
            "editor", stage["editor"].Participant.Incarnation, EvidenceType.ProcessExited, 0, stage.Now.Position, [], []));
        await stage.Ledger.RunUntilAsync(() => stage.By("editor").CleanupToken.IsCancellationRequested);
        stage.Ledger.Advance(TimeSpan.FromSeconds(10));

        await Assert.ThrowsAsync<FencedException>(() => stage.By("editor").StartCallAsync("again").AsTask());
        Assert.False(call.CancellationToken.IsCancellationRequested);
        await call.EndAsync();
        await own.CompleteAsync();
        Assert.Equal(OperationStatus.Completed, stage.Ledger.Read("own").Status);
    }

    [Fact]
    public async Task A_watched_frame_that_hangs_is_fenced_alone()
    {
        var stage = await new Stage().SetAsync();
        CallOptions contained = new() { FailOnCrash = false, Watchdog = TimeSpan.FromSeconds(2) };
        var hung = await stage.CallAsync("bridge", "hung", null, contained);
        var other = await stage.CallAsync("bridge", "other");
        await stage.Ledger.RunUntilAsync(() => hung.IsClosed);
        await Assert.ThrowsAsync<FencedException>(() => hung.EndAsync().AsTask());
        await other.EndAsync();
        Assert.Equal(OperationStatus.Running, stage.Now.Status);
    }

    [Fact]
    public async Task Busy_frames_are_given_the_time_they_asked_for()
    {
        var stage = await new Stage().SetAsync();
        var b = await stage.CallAsync("bridge", "b", null, new CallOptions { Watchdog = TimeSpan.FromSeconds(2) });
        stage.Ledger.Advance(TimeSpan.FromSeconds(1));
        b.ReportProgress(busyFor: TimeSpan.FromMinutes(1));
        stage.Ledger.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(OperationStatus.Running, stage.Now.Status);
        stage.Ledger.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(CauseType.FrameHung, stage.Now.Cause!.Type);
    }

    [Fact]
    public async Task A_participant_with_the_same_id_is_another_incarnation()
    {
        var stage = await new Stage().SetAsync();
        var b = await stage.CallAsync("bridge", "b", null, new CallOptions { FailOnCrash = false });
        var first = stage["bridge"].Participant.Incarnation;
        stage["bridge"].Crash();
        await stage["bridge"].RestartAsync();
        Assert.NotEqual(first, stage["bridge"].Participant.Incarnation);
        var again = await stage.JoinAsync("bridge");
        await again.StartCallAsync("b2");
        await stage.UntilAsync(s => s.Members[first].Status == MemberStatus.Crashed);
        Assert.Equal(["b2"], stage.Now.Stack.Values.Select(f => f.CallId));
        await Assert.ThrowsAsync<Testing.SimulatedCrashException>(() => b.EndAsync().AsTask());
    }
}
