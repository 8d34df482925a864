using System.Collections.Immutable;
using Ledger.Groups;
using Ledger.Model;
using Ledger.Model.Groups;

namespace Ledger.Testing.Tests.Simulation;

/// <summary>What the simulator found in the product, each with the fewest steps that show it.</summary>
public sealed class FindingsTests
{
    [Fact]
    public async Task An_operation_whose_only_member_is_stopped_is_ended_by_others_on_its_host()
    {
        var ledger = new SimulatedLedger();
        var member = await ledger.StartAsync("member");
        await ledger.StartAsync("other");
        await member.Participant.CreateOperationAsync("op");

        member.Freeze();

        await ledger.RunUntilAsync(() => ledger.Read("op").IsTerminal);
        Assert.Equal(CauseType.InitiatorLost, ledger.Read("op").Cause!.Type);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nobody_is_woken_by_what_a_full_disk_lets_nobody_finish(bool inGroup)
    {
        var ledger = SimulatedLedger.WithLots(new LedgerOptions { Path = "/ledger" }, 1, hasEvents: true);
        var (one, other) = (await ledger.StartAsync("one"), await ledger.StartAsync("other"));
        if (inGroup)
        {
            await one.Participant.JoinGroupAsync("g");
            await other.Participant.JoinGroupAsync("g");
        }
        else
        {
            await one.Participant.CreateOperationAsync("op");
            await other.Participant.JoinOperationAsync("op");
        }
        ledger.Advance(TimeSpan.FromSeconds(2));

        ledger.Files.TotalBytes = ledger.Files.UsedBytes;
        other.Crash();
        ledger.Advance(TimeSpan.FromSeconds(20));
        Assert.InRange(ledger.Log.Count(l => l.Text.Contains("a proposal of the rules failed", StringComparison.Ordinal)), 1, 100);
        ledger.Files.TotalBytes = null;

        await ledger.RunUntilAsync(() => inGroup
            ? ledger.Directory.ReadGroup("g").Members.Values.Any(m => m.Departure == DepartureReason.Crashed)
            : ledger.Read("op").Members[other.Participant.Incarnation].Status == MemberStatus.Crashed);
    }

    [Fact]
    public async Task Leaving_that_failed_can_be_done_again()
    {
        var ledger = new SimulatedLedger();
        var process = await ledger.StartAsync("process");
        var operation = await process.Participant.CreateOperationAsync("op");

        process.Files.IsPartitioned = true;
        await Assert.ThrowsAsync<LedgerStorageException>(async () => await operation.LeaveAsync());
        process.Files.IsPartitioned = false;
        await operation.LeaveAsync();

        Assert.Equal(CauseType.InitiatorLost, ledger.Read("op").Cause!.Type);
    }

    [Fact]
    public async Task A_call_whose_caller_gave_up_is_ended_even_if_that_fails_at_first()
    {
        var ledger = new SimulatedLedger();
        var process = await ledger.StartAsync("process");
        var operation = await process.Participant.CreateOperationAsync("op");
        var drive = Drive.Works;
        process.Files.Fault = call =>
        {
            var isEntry = call is { Kind: FileCallKind.Move, Target: { } name } && name.Contains(".log/", StringComparison.Ordinal);
            if (drive == Drive.Lost || (drive == Drive.CannotBeWritten && isEntry)) return FileFault.InputOutputError;
            if (drive != Drive.LosesTheNextReply || !isEntry) return null;
            drive = Drive.Lost;
            return FileFault.FailAfter(new IOException("the reply is lost"));
        };

        drive = Drive.LosesTheNextReply;
        await Assert.ThrowsAsync<LedgerStorageException>(async () => await operation.StartCallAsync("c"));
        Assert.Single(ledger.Read("op").Stack);
        drive = Drive.CannotBeWritten;
        ledger.Advance(TimeSpan.FromSeconds(3));
        Assert.Single(ledger.Read("op").Stack);
        drive = Drive.Works;

        await ledger.RunUntilAsync(() => ledger.Read("op").Stack.IsEmpty);
    }

    [Theory]
    [InlineData(false)] // it did not reach the log: the call's end deletes what it registered
    [InlineData(true)] // it did, and only the reply was lost: the file is its user's again
    public async Task A_release_that_failed_is_what_the_log_says(bool isWritten)
    {
        var ledger = new SimulatedLedger();
        var process = await ledger.StartAsync("process");
        var operation = await process.Participant.CreateOperationAsync("op");
        var call = await operation.StartCallAsync("c");
        ledger.Files.Directory.CreateDirectory("/data");
        await call.RegisterPathAsync("/data/draft", directory: false, deleteAtEnd: true);
        process.Files.File.WriteAllText("/data/draft", "a draft");
        var isBroken = true;
        process.Files.Fault = f => !isBroken || f is not { Kind: FileCallKind.Move or FileCallKind.Read } ? null
            : isWritten && f.Kind == FileCallKind.Move ? FileFault.FailAfter(new IOException("the reply is lost"))
            : FileFault.InputOutputError;

        await Assert.ThrowsAsync<LedgerStorageException>(async () => await call.ReleaseAsync("/data/draft"));
        isBroken = false;
        await call.EndAsync();

        Assert.Equal(isWritten, ledger.Files.File.Exists("/data/draft"));
    }

    /// <summary>The process is stopped between the cleanups of its two calls, for longer than it waits for them in order to leave;
    /// the second begins when it is late already.</summary>
    [Fact]
    public async Task Who_leaves_while_a_callback_hangs_deletes_what_its_call_registered()
    {
        var ledger = new SimulatedLedger();
        var process = await ledger.StartAsync("process");
        var operation = await process.Participant.CreateOperationAsync("op");
        await operation.StartCallAsync("first");
        var second = await operation.StartCallAsync("second");
        second.OnCleanup(_ => new ValueTask(new TaskCompletionSource().Task));
        await second.RegisterPathAsync("/tmp/draft", directory: false);
        await process.Files.File.WriteAllTextAsync("/tmp/draft", "half");
        await process.Participant.AbortAsync("op");
        process.Files.Fault = call =>
        {
            if (call is not { Kind: FileCallKind.Move, Target: { } name } || !name.Contains(".log/", StringComparison.Ordinal)) return null;
            process.Files.Fault = null;
            process.Freeze();
            ledger.Time.AdvanceWithin(TimeSpan.FromSeconds(40));
            process.GoOn();
            return null;
        };

        await ledger.RunUntilAsync(operation.LeaveAsync("enough").AsTask());

        Assert.Empty(ledger.Read("op").Stack);
        Assert.False(ledger.Files.File.Exists("/tmp/draft"));
    }

    [Fact]
    public async Task A_supervisor_that_could_not_be_registered_can_be_registered_again()
    {
        var ledger = new SimulatedLedger();
        var process = await ledger.StartAsync("process");

        process.Files.IsPartitioned = true;
        await Assert.ThrowsAsync<LedgerStorageException>(() => process.Participant.RegisterSupervisorAsync("s", new Silent()));
        process.Files.IsPartitioned = false;

        using var registration = await process.Participant.RegisterSupervisorAsync("s", new Silent());
    }

    [Fact]
    public async Task A_supervisor_that_loses_the_drive_reckons_with_it()
    {
        var ledger = new SimulatedLedger();
        var process = await ledger.StartAsync("process");
        using var registration = await process.Participant.RegisterSupervisorAsync("s", new Silent());

        process.Files.IsPartitioned = true;

        ledger.Advance(TimeSpan.FromSeconds(5)); // throws when something failed that nobody reckoned with
    }

    [Fact]
    public async Task Two_supervisors_of_one_process_both_confirm_crashes_in_an_operation_that_is_over()
    {
        var ledger = new SimulatedLedger();
        var cli = await ledger.StartAsync("cli");
        var operation = await cli.Participant.CreateOperationAsync("op");
        await operation.StartCallAsync("a", new CallOptions { SupervisorId = "s" });
        await operation.StartCallAsync("b", new CallOptions { SupervisorId = "t" });
        await ledger.StartAsync("other");
        cli.Crash();
        await ledger.RunUntilAsync(() => ledger.Directory.List().Single().IsArchived);

        var late = await ledger.StartAsync("late");
        var both = Task.WhenAll(
            late.Participant.RegisterSupervisorAsync("s", new Silent()), late.Participant.RegisterSupervisorAsync("t", new Silent()));
        ledger.Advance(TimeSpan.FromSeconds(5));

        foreach (var registration in await both) registration.Dispose();
        Assert.Empty(ledger.Read("op").Unconfirmed);
    }

    [Fact]
    public async Task Who_left_a_group_before_its_command_expired_is_told_the_outcome_by_the_orchestrator()
    {
        var ledger = new SimulatedLedger();
        var orchestrator = await (await ledger.StartAsync("orchestrator")).Participant.JoinGroupAsync("g", new GroupOptions { CanOrchestrate = true });
        await (await ledger.StartAsync("receiver")).Participant.JoinGroupAsync("g");
        var sender = await (await ledger.StartAsync("sender")).Participant.JoinGroupAsync("g");
        await ledger.RunUntilAsync(() => orchestrator.IsOrchestrator);

        var sending = sender.SendAsync("receiver", "work", null, TimeSpan.FromSeconds(1));
        await sender.LeaveAsync();
        ledger.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(CommandStatus.Expired, (await sending).Status);
    }

    [Fact]
    public async Task Who_is_put_out_of_a_group_in_the_middle_of_a_sweep_has_not_failed()
    {
        var ledger = new SimulatedLedger();
        var process = await ledger.StartAsync("process", "h1");
        var sweeper = new SweepsForEver();
        var member = await process.Participant.JoinGroupAsync("g", new GroupOptions { CanOrchestrate = true, Executor = sweeper });
        await (await ledger.StartAsync("other", "h2")).Participant.JoinGroupAsync("g", new GroupOptions { CanOrchestrate = true });
        await ledger.RunUntilAsync(() => sweeper.Sweeping is not null);

        process.Freeze();
        ledger.Advance(TimeSpan.FromSeconds(30));
        process.Resume();
        ledger.Advance(TimeSpan.FromSeconds(5)); // throws when something failed that nobody reckoned with

        Assert.False(member.IsMember);
        Assert.True(sweeper.Sweeping!.IsCanceled);
    }

    private sealed class SweepsForEver : IGroupExecutor
    {
        public Task<ImmutableArray<string>>? Sweeping { get; private set; }

        public Task<ImmutableArray<string>> MakeWayAsync(LedgerGroup group, SupervisorEntry supervisor, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<ImmutableArray<string>> ReleaseAsync(LedgerGroup group, SupervisorEntry supervisor, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<IStartedProcess> HoldAsync(LedgerGroup group, SupervisorEntry supervisor, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<IStartedProcess> SpawnAsync(
            LedgerGroup group, SupervisorEntry supervisor, string token, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task StopAsync(LedgerGroup group, SupervisorEntry supervisor, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<ImmutableArray<string>> SweepAsync(LedgerGroup group, CancellationToken cancellationToken) =>
            Sweeping = new TaskCompletionSource<ImmutableArray<string>>().Task.WaitAsync(cancellationToken);
    }

    private sealed class Silent : ISupervisor
    {
        public ValueTask OnCallCrashedAsync(CrashedCall crash, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }

    private enum Drive
    {
        Works,
        LosesTheNextReply,
        Lost,
        CannotBeWritten,
    }
}
