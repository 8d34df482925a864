using Ledger.Model;
using Ledger.Testing;

namespace Ledger.Tests.Scenarios;

/// <summary>Crashes upon crashes, and supervisors.</summary>
public sealed class CrashScenarios
{
    [Fact]
    public async Task A_second_participant_dies_during_the_cleanup()
    {
        var stage = await new Stage().SetAsync();
        var (a, _, c) = await stage.ChainAsync();
        var began = false;
        c.OnCleanup(async context =>
        {
            began = true;
            await Task.Delay(Timeout.InfiniteTimeSpan, stage.Ledger.Time, context.Deadline);
        });

        stage["bridge"].Crash();
        await stage.Ledger.RunUntilAsync(() => began);
        Assert.Equal(OperationStatus.Cleanup, stage.Now.Status);
        stage["editor"].Crash();
        var end = await stage.EndAsync();

        Assert.Equal("b", end.Cause!.CallId);
        Assert.Equal(["b", "c"], (await stage.AcceptedAsync<FrameCleanedUp>()).Select(e => e.CallId).Order());
        Assert.True(a.IsClosed);
    }

    [Fact]
    public async Task A_cleanup_that_hangs_is_overdue_in_the_end()
    {
        var stage = await new Stage().SetAsync();
        var (_, _, c) = await stage.ChainAsync(editor: new CallOptions { CleanupBound = TimeSpan.FromSeconds(2) });
        // The editor beats, but its entries do not reach the log.
        stage["editor"].Files.Fault = call => call.Kind == FileCallKind.Move && call.Path.Contains("/operations/", StringComparison.Ordinal)
            ? FileFault.InputOutputError : null;

        await stage.By("cli").AbortAsync("enough");
        await stage.UntilTerminalAsync();

        var accused = Assert.Single(await stage.AcceptedAsync<CrashDetected>());
        Assert.Equal((EvidenceType.CleanupOverdue, "c"), (accused.Evidence, accused.CallIds[0]));
        await stage.VerifyHistoryAsync();
        await stage.Ledger.RunUntilAsync(() => c.IsClosed);
    }

    [Fact]
    public async Task Looking_after_others_operations_wastes_no_time_on_what_has_ended_meanwhile()
    {
        var ledger = new SimulatedLedger();
        var busy = await ledger.StartAsync("busy", "h1");
        var operations = new List<Operation>();
        for (var i = 0; i < 30; i++) operations.Add(await busy.Participant.CreateOperationAsync($"short-{i}"));
        await ledger.StartAsync("housekeeper", "h1");
        ledger.Advance(TimeSpan.FromSeconds(2)); // it has listed what there is
        foreach (var operation in operations) await operation.CompleteAsync();
        await ledger.RunUntilAsync(() => ledger.Directory.List().All(o => o.IsArchived));
        await busy.Participant.DisposeAsync();

        var lost = await ledger.StartAsync("lost", "h1");
        await lost.Participant.CreateOperationAsync("lost");
        lost.Crash();
        await ledger.RunUntilAsync(() => ledger.Directory.List().All(o => o.IsArchived), TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData("h1")]
    [InlineData("h2")]
    public async Task All_are_killed_and_a_newcomer_looks_after_their_operation(string newcomersHost)
    {
        var stage = await new Stage().SetAsync();
        await stage.ChainAsync(bridge: new CallOptions { SupervisorId = "sup" });
        foreach (var id in new[] { "cli", "bridge", "editor" }) stage[id].Crash();
        stage.Ledger.Advance(TimeSpan.FromHours(1));
        Assert.Equal(OperationStatus.Running, stage.Now.Status);

        await stage.StartAsync("newcomer", newcomersHost);
        var end = await stage.EndAsync();

        Assert.Equal((OperationStatus.Failed, CauseType.Abandoned), (end.Status, end.Cause!.Type));
        Assert.Equal(newcomersHost == "h1" ? 0 : 3, end.LeftBehind.Length);
        Assert.DoesNotContain(stage["newcomer"].Participant.Incarnation, end.Members.Keys);
    }

    [Fact]
    public async Task A_newcomer_waits_out_the_grace_of_a_dead_supervisor()
    {
        var stage = await new Stage().SetAsync(true, "guard");
        await stage["guard"].Participant.RegisterSupervisorAsync(
            "sup", new RecordingSupervisor(), new SupervisorOptions { RestartGrace = TimeSpan.FromMinutes(1) });
        await stage.ChainAsync(editor: new CallOptions { SupervisorId = "sup" });
        stage.Ledger.Advance(TimeSpan.FromSeconds(1));
        foreach (var p in stage.Ledger.Participants) p.Crash();

        await stage.StartAsync("newcomer");
        stage.Ledger.Advance(TimeSpan.FromSeconds(55));
        Assert.Equal(["c"], stage.Now.Stack.Values.Where(f => f.Status == FrameStatus.Crashed).Select(f => f.CallId));
        stage.Ledger.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(CauseType.Abandoned, (await stage.EndAsync()).Cause!.Type);
    }

    [Fact]
    public async Task A_supervisor_cleans_its_own_crashed_call()
    {
        var stage = await new Stage().SetAsync();
        var supervisor = new RecordingSupervisor();
        await stage["bridge"].Participant.RegisterSupervisorAsync("sup", supervisor);
        await stage.ChainAsync(editor: new CallOptions { SupervisorId = "sup", SupervisorHandle = "window 7" });
        stage.Ledger.Advance(TimeSpan.FromSeconds(2));

        stage["editor"].Crash();
        await stage.EndAsync();

        var crash = Assert.Single(supervisor.Crashes);
        Assert.Equal(("window 7", "editor", false, false), (crash.Call.Handle, crash.Call.ParticipantId, crash.Repeat, crash.AlreadyCleaned));
        Assert.Equal(3, Assert.Single(await stage.AcceptedAsync<FrameCleanedUp>()).Rule);
    }

    [Fact]
    public async Task A_supervisor_dies_between_crash_and_callback_and_its_successor_is_told()
    {
        var stage = await new Stage().SetAsync(true, "guard");
        var first = new RecordingSupervisor();
        var grace = new SupervisorOptions { RestartGrace = TimeSpan.FromMinutes(1) };
        await stage["guard"].Participant.RegisterSupervisorAsync("sup", first, grace);
        await stage.ChainAsync(editor: new CallOptions { SupervisorId = "sup" });
        stage.Ledger.Advance(TimeSpan.FromSeconds(1));

        stage["guard"].Freeze();
        stage["editor"].Crash();
        await stage.UntilAsync(s => s.Stack.Values.Any(f => f.Status == FrameStatus.Crashed));
        stage["guard"].Crash();
        stage.Ledger.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(OperationStatus.Cleanup, stage.Now.Status);
        var second = new RecordingSupervisor();
        await (await stage["guard"].RestartAsync()).RegisterSupervisorAsync("sup", second, grace);
        await stage.EndAsync();

        Assert.Empty(first.Crashes);
        var told = Assert.Single(second.Crashes);
        Assert.True(told.Repeat);
        Assert.False(told.AlreadyCleaned);
        Assert.Equal(3, Assert.Single(await stage.AcceptedAsync<FrameCleanedUp>()).Rule);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_successor_that_comes_too_late_is_told_that_others_cleaned_up(bool archived)
    {
        var stage = await new Stage().SetAsync(true, "guard");
        await stage["guard"].Participant.RegisterSupervisorAsync("sup", new RecordingSupervisor());
        await stage.ChainAsync(editor: new CallOptions { SupervisorId = "sup" });
        stage.Ledger.Advance(TimeSpan.FromSeconds(1));

        stage["guard"].Crash();
        stage["editor"].Crash();
        await stage.UntilTerminalAsync();
        Assert.Equal(4, Assert.Single(await stage.AcceptedAsync<FrameCleanedUp>()).Rule);
        if (archived) await stage.EndAsync();
        var late = new RecordingSupervisor();
        await (await stage["guard"].RestartAsync()).RegisterSupervisorAsync("sup", late);
        await stage.UntilAsync(s => s.Unconfirmed.IsEmpty);

        var told = Assert.Single(late.Crashes);
        Assert.True(told.AlreadyCleaned);
        Assert.True(told.Repeat);
        await stage.EndAsync();
        Assert.Single(late.Crashes);
    }

    [Fact]
    public async Task A_crash_behind_old_lists_of_a_shared_drive_is_told_all_the_same()
    {
        var stage = await new Stage().SetAsync(oneHost: false);
        await stage.ChainAsync(editor: new CallOptions { SupervisorId = "sup" });
        stage.Ledger.Advance(TimeSpan.FromSeconds(1));
        stage["editor"].Crash();
        await stage.UntilTerminalAsync();
        stage.Ledger.ViewOf("far").ListingsFor = TimeSpan.FromSeconds(4);
        var guard = await stage.StartAsync("guard", "far");
        await guard.Participant.RegisterSupervisorAsync("other", new RecordingSupervisor());
        await stage.EndAsync("c"); // what lies on the dead host

        // Lists that were true a moment ago: neither has it where it can be opened.
        var late = new RecordingSupervisor();
        await guard.Participant.RegisterSupervisorAsync("sup", late);
        Assert.Empty(late.Crashes);
        await stage.UntilAsync(s => s.Unconfirmed.IsEmpty);
        stage.Ledger.Advance(TimeSpan.FromMinutes(3));

        Assert.True(Assert.Single(late.Crashes).AlreadyCleaned);
    }

    [Fact]
    public async Task What_happened_as_a_whole_while_its_supervisor_was_stopped_is_told()
    {
        var stage = await new Stage().SetAsync();
        var guard = await stage.StartAsync("guard");
        var supervisor = new RecordingSupervisor();
        await guard.Participant.RegisterSupervisorAsync("sup", supervisor);
        stage.Ledger.Advance(TimeSpan.FromSeconds(10));
        guard.Freeze();

        await stage.ChainAsync(editor: new CallOptions { SupervisorId = "sup" });
        stage["editor"].Crash();
        await stage.EndAsync();
        guard.Resume();
        await stage.UntilAsync(s => s.Unconfirmed.IsEmpty, TimeSpan.FromMinutes(2));

        Assert.True(Assert.Single(supervisor.Crashes).AlreadyCleaned);
    }

    [Fact]
    public async Task A_late_report_that_the_disk_refuses_to_confirm_is_given_once_more()
    {
        var stage = await new Stage().SetAsync();
        await stage.ChainAsync(editor: new CallOptions { SupervisorId = "sup" });
        stage["editor"].Crash();
        await stage.EndAsync();
        var guard = await stage.StartAsync("guard");
        var supervisor = new RecordingSupervisor();

        guard.Files.Fault = call => call.Kind == FileCallKind.Write ? FileFault.NoSpace : null;
        await guard.Participant.RegisterSupervisorAsync("sup", supervisor);
        await stage.Ledger.RunUntilAsync(() => supervisor.Crashes.Count > 0);
        stage.Ledger.Advance(TimeSpan.FromSeconds(1));
        Assert.Single(stage.Now.Unconfirmed);
        guard.Files.Fault = null;
        await stage.UntilAsync(s => s.Unconfirmed.IsEmpty, TimeSpan.FromMinutes(2));

        Assert.Equal(2, supervisor.Crashes.Count);
    }

    [Fact]
    public async Task A_supervisor_that_never_came_is_missed_after_a_threshold()
    {
        var stage = await new Stage().SetAsync();
        await stage.ChainAsync(editor: new CallOptions { SupervisorId = "nobody" });
        stage.Ledger.Advance(TimeSpan.FromSeconds(1));

        stage["editor"].Crash();
        stage.Ledger.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(OperationStatus.Cleanup, stage.Now.Status);
        await stage.EndAsync();

        Assert.Equal(4, Assert.Single(await stage.AcceptedAsync<FrameCleanedUp>()).Rule);
    }

    [Fact]
    public async Task A_supervisors_callback_throws()
    {
        var stage = await new Stage().SetAsync();
        var supervisor = new RecordingSupervisor { Then = (_, _) => throw new InvalidOperationException("no window") };
        await stage["bridge"].Participant.RegisterSupervisorAsync("sup", supervisor);
        await stage.ChainAsync(editor: new CallOptions { SupervisorId = "sup" });
        stage.Ledger.Advance(TimeSpan.FromSeconds(1));

        stage["editor"].Crash();
        await stage.EndAsync();

        Assert.Contains("no window", Assert.Single(await stage.AcceptedAsync<CrashNotified>()).Error, StringComparison.Ordinal);
        Assert.Equal(3, Assert.Single(await stage.AcceptedAsync<FrameCleanedUp>()).Rule);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_supervisors_callback_hangs_and_it_counts_as_dead_for_that_frame(bool supervisorIsAlone)
    {
        var stage = await new Stage().SetAsync(true, "guard");
        var supervisor = new RecordingSupervisor { Then = (_, _) => new ValueTask(new TaskCompletionSource().Task) };
        await stage["guard"].Participant.RegisterSupervisorAsync("sup", supervisor, new SupervisorOptions { CallbackBound = TimeSpan.FromSeconds(10) });
        await stage.ChainAsync(editor: new CallOptions { SupervisorId = "sup" });
        stage.Ledger.Advance(TimeSpan.FromSeconds(1));

        stage["editor"].Crash();
        if (supervisorIsAlone)
        {
            stage["bridge"].Crash();
            stage["cli"].Crash();
        }
        stage.Ledger.Advance(TimeSpan.FromSeconds(14));
        Assert.Equal(OperationStatus.Cleanup, stage.Now.Status);
        await stage.UntilTerminalAsync();

        var died = Assert.Single(await stage.AcceptedAsync<SupervisorDied>());
        Assert.Equal(EvidenceType.CleanupOverdue, died.Evidence);
        Assert.NotNull(died.Token);
        Assert.Equal(4, (await stage.AcceptedAsync<FrameCleanedUp>()).Single(f => f.CallId == "c").Rule);
        Assert.Equal(MemberStatus.Joined, stage.Now.Members[stage["guard"].Participant.Incarnation].Status);
        await stage.EndAsync();
        Assert.Single(supervisor.Crashes);
    }

    [Fact]
    public async Task Of_two_live_supervisors_with_one_id_the_later_acts_and_the_earlier_is_told_once()
    {
        var stage = await new Stage().SetAsync(true, "guard1", "guard2");
        var (one, two) = (new RecordingSupervisor(), new RecordingSupervisor());
        await stage["guard1"].Participant.RegisterSupervisorAsync("sup", one);
        await stage.ChainAsync(editor: new CallOptions { SupervisorId = "sup" });
        stage.Ledger.Advance(TimeSpan.FromSeconds(1));
        await stage["guard2"].Participant.RegisterSupervisorAsync("sup", two);
        stage.Ledger.Advance(TimeSpan.FromMinutes(1));

        stage["editor"].Crash();
        await stage.EndAsync();

        Assert.Equal(["started c", "replaced by guard2"], one.Told);
        Assert.Equal(["started c", "crashed c"], two.Told);
        Assert.Equal(2, (await stage.AcceptedAsync<SupervisorRegistered>()).Count);
    }

    [Fact]
    public async Task A_supervisor_finds_calls_in_operations_it_never_heard_of()
    {
        var stage = new Stage();
        var supervisor = new RecordingSupervisor();
        // Not one of the cast: it does not join.
        var guard = (await stage.Ledger.StartAsync("guard", "h2")).Participant;
        await guard.RegisterSupervisorAsync("sup", supervisor);
        await stage.SetAsync();
        await stage.CallAsync("cli", "a");
        // Between two of the visits that it pays to all operations.
        await stage.Ledger.RunUntilAsync(() => guard.Core.Operations.Count == 1);
        await stage.Ledger.RunUntilAsync(() => guard.Core.Operations.Count == 0);

        await stage.CallAsync("bridge", "b", "a", new CallOptions { SupervisorId = "sup" });
        await stage.UntilAsync(s => s.Supervisors.ContainsKey("sup"), TimeSpan.FromSeconds(1));

        stage["bridge"].Crash();
        await stage.UntilTerminalAsync();
        Assert.Equal(["started b", "crashed b"], supervisor.Told);
    }
}
