using System.Diagnostics;
using Ledger.Model;
using Ledger.Platform;

namespace Ledger.CrashTests.Run;

public sealed class CrashTests : IDisposable
{
    private readonly TestLedger ledger = new();

    public void Dispose() => ledger.Dispose();

    [LinuxFact]
    public async Task When_the_middle_of_a_chain_is_killed_everybody_is_cleaned_up_and_the_operation_fails()
    {
        // Silence would be a crash much later: it is the kernel's word that counts.
        await ledger.OpenAsync(create: true, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
        var last = ledger.Words("c", "--name", "c", "--temp", ledger.File("of-c"), "--", "/bin/sh", "-c", $"touch '{ledger.File("of-c")}'; exec sleep 60");
        var middle = ledger.Words("b", ["--name", "b", "--temp", ledger.File("of-b"), "--", "/bin/sh", "-c", $"touch '{ledger.File("of-b")}'; exec \"$@\"", "sh", .. last]);
        var run = ledger.RunAs("a", ["--name", "a", "--temp", ledger.File("of-a"), "--", "/bin/sh", "-c", $"touch '{ledger.File("of-a")}'; exec \"$@\"", "sh", .. middle]);
        var sleep = await ledger.Events("c").Command();
        await Eventually.True(() => File.Exists(ledger.File("of-c")), "the innermost command");
        var operation = await run.Events.Operation();
        var wrapper = await run.Events.Command();

        Assert.Equal(0, Libc.Kill(wrapper, Signals.Kill));

        await Eventually.True(() => !TestLedger.IsAlive(sleep), "the end of the innermost command");
        Assert.Equal(137, await run.ExitAsync());
        var state = await ledger.Until(operation, OperationStatus.Failed);
        Assert.Equal((CauseType.ParticipantCrashed, "b"), (state.Cause!.Type, state.Cause.ParticipantId));
        Assert.Equal(Signals.Term, (int)(await ledger.Events("c").Of("exited"))["signal"]!);
        Assert.Equal(75, (int)(await ledger.Events("c").Of("left"))["exitCode"]!);
        await Eventually.True(() => ledger.Processes().Count == 0, "the end of every process");
        Assert.All(["of-a", "of-b", "of-c"], name => Assert.False(File.Exists(ledger.File(name)), name));
        Assert.Empty(state.LeftBehind);
    }

    [LinuxFact]
    public async Task A_wrapper_that_is_killed_with_nobody_left_takes_its_command_along()
    {
        var run = ledger.Run("--", "/bin/sh", "-c", "sleep 60 & trap '' TERM; sleep 60 & wait; wait");
        var command = await run.Events.Command();

        run.Signal(Signals.Kill);

        await Eventually.True(() => ledger.Processes().Count == 0, "the end of the command", TimeSpan.FromSeconds(5));
        Assert.False(TestLedger.IsAlive(command));
    }

    [LinuxFact]
    public async Task A_frozen_wrapper_is_fenced_and_when_it_thaws_stops_its_command_and_changes_nothing()
    {
        var directory = await ledger.CreateQuickAsync();
        await using var other = await directory.JoinAsync("other");
        await using var operation = await other.CreateOperationAsync("op");
        await using var caller = await operation.StartCallAsync("caller");
        // What survives others' cleaning by leaving its group is still the wrapper's child.
        var run = ledger.Run("--operation", "op", "--caller", "caller", "--call", "frozen", "--", "sleep", "60");
        await run.Events.Of("started");

        run.Signal(Signals.Stop);
        var end = await operation.WaitForTerminalAsync().WaitAsync(Eventually.Bound);
        Assert.Equal((CauseType.ParticipantCrashed, "frozen"), (end.Cause!.Type, end.Cause.CallId));
        var before = directory.Read("op").Position;
        run.Signal(Signals.Continue);

        Assert.Equal(75, await run.ExitAsync());
        Assert.False(TestLedger.IsAlive(await run.Events.Command()));
        // It may say so before it has read what became of it: nothing that it says counts.
        await foreach (var change in directory.StateChanges("op", before, follow: false)) Assert.NotNull(change.Outcome!.Rejection);
    }

    [LinuxFact]
    public async Task A_frozen_wrapper_whose_crash_was_contained_is_told_although_its_frame_has_left()
    {
        var directory = await ledger.CreateQuickAsync();
        await using var other = await directory.JoinAsync("other");
        await using var operation = await other.CreateOperationAsync("op");
        var run = ledger.Run("--operation", "op", "--contain", "--call", "frozen", "--on-cleanup", $"touch '{ledger.File("cleaned")}'", "--", "sleep", "60");
        await run.Events.Of("started");

        run.Signal(Signals.Stop);
        await Eventually.True(() => directory.Read("op").Stack.IsEmpty, "the removal of its frame");
        run.Signal(Signals.Continue);

        Assert.Equal(75, await run.ExitAsync());
        Assert.True(File.Exists(ledger.File("cleaned")));
        Assert.Equal(OperationStatus.Running, directory.Read("op").Status);
        await operation.CompleteAsync();
    }

    [LinuxFact]
    public async Task A_frozen_wrapper_whose_hung_call_was_contained_is_told_although_its_frame_has_left()
    {
        // The frame alone is fenced: the silence of its process is still good for long.
        var directory = await ledger.OpenAsync(create: true, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));
        await using var other = await directory.JoinAsync("other");
        await using var operation = await other.CreateOperationAsync("op");
        var run = ledger.Run("--operation", "op", "--contain", "--watchdog", "4s", "--", "sleep", "60");
        var command = await run.Events.Command();

        run.Signal(Signals.Stop);
        await Eventually.True(() => directory.Read("op").Stack.IsEmpty && !TestLedger.IsAlive(command), "the removal of its frame");
        run.Signal(Signals.Continue);

        // Not 143: that others ended the command says nothing about it.
        Assert.Equal(75, await run.ExitAsync());
        Assert.Equal(Signals.Term, (int)(await run.Events.Of("exited"))["signal"]!);
        Assert.Equal(OperationStatus.Running, directory.Read("op").Status);
        await operation.CompleteAsync();
    }

    [LinuxFact]
    public async Task The_crash_of_a_contained_run_stops_at_it()
    {
        var inner = LedgerProcess.Quoted(ledger.Words("b", "--contain", "--name", "b", "--", "sleep", "60"));
        var run = ledger.RunAs("a", "--", "/bin/sh", "-c", $"{inner}; echo inner=$?");
        var sleep = await ledger.Events("b").Command();
        var wrapper = ParentOf(sleep);

        Assert.Equal(0, Libc.Kill(wrapper, Signals.Kill));

        Assert.Equal(0, await run.ExitAsync());
        Assert.Contains("inner=137", run.Lines);
        Assert.Equal(OperationStatus.Completed, (await ledger.ReadAsync(await run.Events.Operation())).Status);
        await Eventually.True(() => !TestLedger.IsAlive(sleep), "the end of the inner command");
    }

    [LinuxFact]
    public async Task A_wrapper_that_dies_before_its_commands_group_is_registered_never_runs_it()
    {
        var killedInTime = 0;
        // On a busy machine many a look comes too late.
        for (var round = 0; round < 6 || (killedInTime == 0 && round < 60); round++)
        {
            var ran = ledger.File($"ran{round}");
            // Does not end by itself: on a busy machine it could be over before the look that decides to kill.
            var run = ledger.Run("--operation", $"op{round}", "--create", "--", "/bin/sh", "-c", "touch \"$0\"; exec sleep 600", ran);
            var log = Path.Combine(ledger.Path, "operations", $"op{round}.log.jsonl");
            // Entry after entry a later moment on the way to the start.
            var entries = 1 + (round % 3);
            await Eventually.True(() => File.Exists(log) && Entries(log) >= entries, $"entry {entries}");
            run.Signal(Signals.Kill);
            await run.ExitAsync();

            await Eventually.True(() => ledger.Processes().Count == 0, "the end of the gate", TimeSpan.FromSeconds(5));
            var isRegistered = (await File.ReadAllTextAsync(log)).Contains("processGroup", StringComparison.Ordinal);
            if (!isRegistered) killedInTime++;
            Assert.True(isRegistered || !File.Exists(ran), $"round {round}: it ran unregistered");
        }

        Assert.NotEqual(0, killedInTime);
    }

    private static int Entries(string log) => File.ReadAllText(log).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;

    private static int ParentOf(int pid) => ProcStat.Read(pid)!.Value.Parent;
}
