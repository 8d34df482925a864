using Ledger;
using Ledger.Model;
using Ledger.Testing;

namespace UnitTestExample;

/// <summary>A job runner and a bridge, two simulated processes on one host: no process is started, no file is
/// written, and nobody waits.</summary>
public sealed class JobRunnerTests
{
    private const string Job = "job-1";
    private const string Workspace = "/jobs/job-1";

    private readonly FakeEditor editor = new();

    [Fact]
    public async Task An_answer_comes_back_and_nothing_is_left()
    {
        var ledger = new SimulatedLedger();
        var (job, bridge, bridgeCall) = await BeginAsync(ledger);

        editor.Answer("42");
        await bridgeCall.EndAsync();
        var result = await ledger.RunUntilAsync(job);

        Assert.Equal(new JobResult(true, "42"), result);
        Assert.Equal(OperationStatus.Completed, ledger.Read(Job).Status);
        Assert.False(bridge.IsCrashed);
        AssertNothingIsLeft(ledger);
    }

    [Fact]
    public async Task A_crash_of_the_bridge_is_told_and_all_is_cleaned_up()
    {
        var ledger = new SimulatedLedger();
        var (job, bridge, _) = await BeginAsync(ledger);

        bridge.Crash();
        var result = await ledger.RunUntilAsync(job);

        Assert.False(result.Succeeded);
        Assert.Equal(CauseType.ParticipantCrashed, ledger.Read(Job).Cause?.Type);
        Assert.Equal("bridge", ledger.Read(Job).Cause?.ParticipantId);
        AssertNothingIsLeft(ledger);
    }

    [Fact]
    public async Task A_bridge_that_crashes_behind_its_answer_has_not_done_the_job()
    {
        var ledger = new SimulatedLedger();
        var (job, bridge, _) = await BeginAsync(ledger);

        editor.Answer("42");
        bridge.Crash();
        var result = await ledger.RunUntilAsync(job);

        Assert.False(result.Succeeded);
        Assert.Equal(OperationStatus.Failed, ledger.Read(Job).Status);
        AssertNothingIsLeft(ledger);
    }

    [Fact]
    public async Task A_bridge_that_freezes_is_given_up_and_can_change_nothing_when_it_wakes()
    {
        var ledger = new SimulatedLedger();
        var (job, bridge, bridgeCall) = await BeginAsync(ledger);
        var frozenAt = ledger.Time.GetTimestamp();

        bridge.Freeze();
        var result = await ledger.RunUntilAsync(job);
        Assert.False(result.Succeeded);
        Assert.InRange(ledger.Time.GetElapsedTime(frozenAt), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(15));

        bridge.Resume();
        await Assert.ThrowsAsync<FencedException>(() => bridgeCall.EndAsync().AsTask());
        Assert.Equal(OperationStatus.Failed, ledger.Read(Job).Status);
        AssertNothingIsLeft(ledger);
    }

    [Fact]
    public async Task When_the_job_runner_itself_crashes_the_bridge_deletes_its_workspace()
    {
        var ledger = new SimulatedLedger();
        var (_, _, bridgeCall) = await BeginAsync(ledger);

        ledger.Participants.Single(p => p.Id == "runner").Crash();
        await ledger.RunUntilAsync(() => ledger.Read(Job).IsTerminal);

        Assert.True(bridgeCall.CancellationToken.IsCancellationRequested);
        Assert.False(ledger.Files.Directory.Exists(Workspace));
    }

    /// <summary>A job that waits for its bridge, whose call is on the stack.</summary>
    private async Task<(Task<JobResult> Job, SimulatedParticipant Bridge, Call BridgeCall)> BeginAsync(SimulatedLedger ledger)
    {
        ledger.Files.Directory.CreateDirectory("/jobs");
        var runner = await ledger.StartAsync("runner", host: "desk");
        var bridge = await ledger.StartAsync("bridge", host: "desk");
        var job = new JobRunner(runner.Participant, runner.Files, editor).RunAsync(Job, Workspace);
        await ledger.RunUntilAsync(() => editor.IsAsked);
        Assert.True(ledger.Files.File.Exists($"{Workspace}/input.txt"));
        var operation = await bridge.Participant.JoinOperationAsync(Job);
        return (job, bridge, await operation.StartCallAsync("bridge", new CallOptions { CallerId = JobRunner.Call }));
    }

    private void AssertNothingIsLeft(SimulatedLedger ledger)
    {
        Assert.False(ledger.Files.Directory.Exists(Workspace));
        Assert.False(editor.IsOpen);
        Assert.Empty(ledger.Read(Job).Stack);
        Assert.Empty(ledger.Read(Job).LeftBehind);
    }
}
