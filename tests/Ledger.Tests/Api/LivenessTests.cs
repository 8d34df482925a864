using Ledger.Model;
using Ledger.Testing;
using Ledger.Tests.Scenarios;

namespace Ledger.Tests.Api;

/// <summary>Who is accused, and above all who is not. Everyone on a host of its own: only heartbeats count.</summary>
public sealed class LivenessTests
{
    private const int Isolated = 3;
    private const int BeatsAgain = 2;

    [Fact]
    public async Task Who_cannot_beat_for_a_threshold_is_told_once_and_recovers_by_itself()
    {
        var ledger = new SimulatedLedger();
        var lonely = await ledger.StartAsync("lonely");
        var operation = await lonely.Participant.CreateOperationAsync("op");
        lonely.Files.Fault = call => call.Kind == FileCallKind.Write ? FileFault.NoSpace : null;
        var told = 0;
        lonely.Participant.Isolated.Register(() => told++);
        ledger.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(0, told);
        ledger.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, told);

        lonely.Files.Fault = null;
        ledger.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal([Isolated, BeatsAgain], ledger.Log.Select(l => l.Event.Id).Where(id => id is Isolated or BeatsAgain));
        await operation.CompleteAsync();
    }

    [Fact]
    public async Task A_disk_that_was_full_for_everybody_ends_in_no_accusation()
    {
        var stage = await new Stage().SetAsync(oneHost: false);
        await stage.ChainAsync();
        foreach (var p in stage.Ledger.Participants) p.Files.Fault = call => call.Kind == FileCallKind.Write ? FileFault.NoSpace : null;
        stage.Ledger.Advance(TimeSpan.FromMinutes(5));
        // It gets better for one after the other.
        foreach (var p in stage.Ledger.Participants)
        {
            p.Files.Fault = null;
            stage.Ledger.Advance(TimeSpan.FromSeconds(1.5));
        }
        stage.Ledger.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(OperationStatus.Running, stage.Now.Status);
        Assert.DoesNotContain(await stage.HistoryAsync(), c => c.Entry.Data is CrashDetected);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_wall_clock_that_steps_an_hour_changes_nothing(int hours)
    {
        var stage = await new Stage().SetAsync(oneHost: false);
        var (a, b, c) = await stage.ChainAsync();
        stage.Ledger.Advance(TimeSpan.FromSeconds(10));
        stage.Ledger.ShiftClock("host-of-bridge", TimeSpan.FromHours(hours));
        stage.Ledger.Advance(TimeSpan.FromMinutes(1));
        stage.Ledger.Time.ShiftUtc(TimeSpan.FromHours(hours));
        stage.Ledger.Advance(TimeSpan.FromMinutes(1));
        foreach (var call in new[] { c, b, a }) await call.EndAsync();
        await stage.By("cli").CompleteAsync();
        Assert.DoesNotContain(await stage.HistoryAsync(), c => c.Entry.Data is CrashDetected);
        await stage.EndAsync();
    }

    [Theory]
    [InlineData(SuspendKind.Machine)]
    [InlineData(SuspendKind.Process)]
    public async Task Whoever_all_stood_still_together_accuse_nobody(SuspendKind kind)
    {
        var stage = await new Stage().SetAsync(oneHost: false);
        await stage.ChainAsync();
        stage.Ledger.Advance(TimeSpan.FromSeconds(10));
        foreach (var p in stage.Ledger.Participants) p.Time.Suspend(kind);
        stage.Ledger.Advance(TimeSpan.FromHours(1));
        foreach (var p in stage.Ledger.Participants)
        {
            p.Time.Resume();
            stage.Ledger.Advance(TimeSpan.FromSeconds(1));
        }
        stage.Ledger.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(OperationStatus.Running, stage.Now.Status);
        Assert.DoesNotContain(await stage.HistoryAsync(), c => c.Entry.Data is CrashDetected);
    }

    [Fact]
    public async Task A_short_stand_still_is_no_crash()
    {
        var stage = await new Stage().SetAsync(oneHost: false);
        await stage.ChainAsync();
        for (var i = 0; i < 10; i++)
        {
            stage["bridge"].Freeze();
            stage.Ledger.Advance(TimeSpan.FromSeconds(3.5));
            stage["bridge"].Resume();
            stage.Ledger.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal(OperationStatus.Running, stage.Now.Status);
    }

    [Fact]
    public async Task An_announced_pause_is_tolerated_for_as_long_as_announced()
    {
        var stage = await new Stage().SetAsync(oneHost: false);
        await stage.ChainAsync();
        stage["bridge"].Participant.AnnouncePause(TimeSpan.FromMinutes(1));
        stage.Ledger.Advance(TimeSpan.FromSeconds(1));
        stage["bridge"].Freeze();
        stage.Ledger.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(OperationStatus.Running, stage.Now.Status);
        stage.Ledger.Advance(TimeSpan.FromSeconds(10));
        Assert.NotEqual(OperationStatus.Running, stage.Now.Status);
    }

    [Fact]
    public async Task Who_joins_watches_those_who_are_there_from_that_moment()
    {
        var ledger = new SimulatedLedger();
        var (first, second) = (await ledger.StartAsync("first"), await ledger.StartAsync("second"));
        ledger.Advance(TimeSpan.FromSeconds(10));
        await first.Participant.CreateOperationAsync("op");
        await second.Participant.JoinOperationAsync("op");

        first.Crash();
        ledger.Advance(TimeSpan.FromMilliseconds(50)); // the next look would come later

        Assert.Contains(ledger.Read("op").Members.Values, m => m.Status == MemberStatus.Crashed);
    }

    [Fact]
    public async Task A_lost_mount_concludes_nothing_and_what_comes_back_goes_on()
    {
        var stage = await new Stage().SetAsync(oneHost: false);
        var (a, b, c) = await stage.ChainAsync();
        foreach (var p in stage.Ledger.Participants) p.Files.IsPartitioned = true;
        stage.Ledger.Advance(TimeSpan.FromMinutes(10));
        foreach (var p in stage.Ledger.Participants) p.Files.IsPartitioned = false;
        stage.Ledger.Advance(TimeSpan.FromMinutes(1));
        foreach (var call in new[] { c, b, a }) await call.EndAsync();
        await stage.By("cli").CompleteAsync();
        Assert.DoesNotContain(await stage.HistoryAsync(), c => c.Entry.Data is CrashDetected);
        await stage.EndAsync();
    }

    [Fact]
    public async Task A_swept_heartbeat_record_is_made_anew()
    {
        var stage = await new Stage().SetAsync(oneHost: false);
        await stage.ChainAsync();
        var path = stage.Ledger.Files.Directory.GetFiles("/ledger/participants", "bridge~*")[0];
        stage.Ledger.Files.File.Delete(path);
        stage.Ledger.Advance(TimeSpan.FromMinutes(1));
        Assert.True(stage.Ledger.Files.File.Exists(path));
        Assert.Equal(OperationStatus.Running, stage.Now.Status);
    }

    [Fact]
    public async Task A_visit_to_what_lives_changes_nothing()
    {
        var stage = await new Stage().SetAsync(oneHost: false);
        await stage.ChainAsync();
        await stage.StartAsync("visitor", "far");
        stage.Ledger.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(OperationStatus.Running, stage.Now.Status);
        Assert.Equal(9, stage.Now.Position);
        await stage.Ledger.RunUntilAsync(() => stage["visitor"].Participant.Core.Operations.Count == 1);
        await stage.Ledger.RunUntilAsync(() => stage["visitor"].Participant.Core.Operations.Count == 0);
    }
}
