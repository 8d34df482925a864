using System.Diagnostics;
using Ledger.Model;
using Ledger.Platform;

namespace Ledger.CrashTests.Run;

/// <summary><c>--on-isolated</c>: what a run does that could not beat for a threshold.</summary>
public sealed class IsolationTests : IDisposable
{
    private readonly TestLedger ledger = new();

    public void Dispose() => ledger.Dispose();

    [LinuxFact]
    public async Task Who_is_to_stop_ends_its_command_and_says_why_to_the_ledger_too()
    {
        await ledger.CreateQuickAsync();
        var run = ledger.Run("--on-isolated", "stop", "--temp", ledger.File("temp"), "--on-cleanup", $"touch '{ledger.File("cleaned")}'",
            "--", "/bin/sh", "-c", $"touch '{ledger.File("temp")}'; echo ready; exec sleep 60");
        await Eventually.True(() => run.Lines.Contains("ready"), "the command");

        // The log can still be written.
        var participants = Path.Combine(ledger.Path, "participants");
        Directory.Move(participants, ledger.File("gone"));
        foreach (var record in Directory.GetFiles(ledger.File("gone"))) File.Delete(record);

        Assert.Equal(75, await run.ExitAsync());
        Assert.Contains("stopping, as --on-isolated says", run.Errors, StringComparison.Ordinal);
        Assert.Equal(Signals.Term, (int)(await run.Events.Of("exited"))["signal"]!);
        Assert.True(File.Exists(ledger.File("cleaned")));
        Assert.False(File.Exists(ledger.File("temp")));
        Directory.Move(ledger.File("gone"), participants);
        var state = await ledger.ReadAsync(await run.Events.Operation());
        Assert.Equal((OperationStatus.Failed, CauseType.CallFailed), (state.Status, state.Cause!.Type));
        Assert.Equal("stopped, as --on-isolated says: the ledger could not be reached", state.Cause.Reason);
    }

    [FileLimitFact]
    public async Task Who_is_to_stop_and_can_write_nothing_ends_all_the_same_and_leaves_the_rest_to_others()
    {
        await ledger.CreateQuickAsync();
        var run = RunFreely("run", "--on-isolated", "stop", "--on-cleanup", $"touch '{ledger.File("cleaned")}'", "--", "sleep", "60");
        var command = await run.Events.Command();

        Fill(run.Pid);

        Assert.Equal(75, await run.ExitAsync());
        Assert.Contains("stopping, as --on-isolated says", run.Errors, StringComparison.Ordinal);
        Assert.False(TestLedger.IsAlive(command));
        Assert.True(File.Exists(ledger.File("cleaned")));
        Assert.Single((await ledger.ReadAsync(await run.Events.Operation())).Stack);
    }

    [FileLimitFact]
    public async Task Who_is_to_continue_continues_and_beats_again_when_it_can()
    {
        await ledger.CreateQuickAsync();
        var go = ledger.Fifo("go");
        var run = RunFreely("run", "--name", "run", "--on-isolated", "continue", "--", "/bin/sh", "-c", $"read -r line <'{go}'");
        var control = RunFreely("control", "--name", "control", "--on-isolated", "stop", "--", "sleep", "60");
        await run.Events.Of("started");
        await control.Events.Of("started");

        // Isolated later: when it stops, the other one knows, too.
        Fill(run.Pid);
        await BeatsAsync("control", 3);
        Fill(control.Pid);
        Assert.Equal(75, await control.ExitAsync());

        Fill(run.Pid, limit: "unlimited");
        await BeatsAsync("run", 2);
        await File.WriteAllTextAsync(go, "\n");
        Assert.Equal(0, await run.ExitAsync());
        Assert.Equal("", run.Errors);
        Assert.Equal(OperationStatus.Completed, (await ledger.ReadAsync(await run.Events.Operation())).Status);
    }

    /// <summary>A run that a limit on its files does not kill.</summary>
    private LedgerProcess RunFreely(string events, params string[] arguments)
    {
        var words = ledger.Words(events, arguments);
        words[2] = "trap '' XFSZ; " + words[2];
        return ledger.Start(words, events);
    }

    /// <summary>As if the disk were full, for one process: every write to a file fails.</summary>
    private static void Fill(int pid, string limit = "0")
    {
        using var prlimit = Process.Start("prlimit", ["--pid", $"{pid}", $"--fsize={limit}:"]);
        prlimit.WaitForExit();
        Assert.Equal(0, prlimit.ExitCode);
    }

    private async Task BeatsAsync(string participantId, int count)
    {
        var seen = new HashSet<string>();
        await Eventually.True(
            () =>
            {
                var record = Directory.GetFiles(Path.Combine(ledger.Path, "participants"), $"{participantId}~*.json").Single();
                if (Ledger.Log.HeartbeatRecord.Parse(File.ReadAllBytes(record)) is { } beat) seen.Add(beat.Time);
                return seen.Count > count;
            },
            $"{count} beats of {participantId}");
    }
}
