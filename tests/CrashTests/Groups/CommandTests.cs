using Ledger.CrashTests.Run;
using Ledger.Model.Groups;
using Ledger.Platform;

namespace Ledger.CrashTests.Groups;

/// <summary>Somebody is killed while a command is executed: it has one outcome all the same, and one effect at most.</summary>
public sealed class CommandTests : IDisposable
{
    private static readonly string Id = $"c-{Guid.NewGuid():N}";

    private readonly GroupStage stage = new();

    private string Effects => stage.Ledger.File("effects");

    public void Dispose() => stage.Dispose();

    [LinuxFact]
    public async Task A_command_whose_sender_is_killed_is_done_once_and_answered_when_it_is_asked_again()
    {
        var (_, gate) = await Receive();
        var sender = Send();
        await Begun();

        sender.Signal(Signals.Kill);
        await sender.ExitAsync();
        await File.WriteAllTextAsync(gate, "7");

        await Over(CommandStatus.Done);
        var again = Send();
        Assert.Equal(0, await again.ExitAsync());
        Assert.Equal(["7"], again.Lines);
        Assert.Equal([Id], await File.ReadAllLinesAsync(Effects));
    }

    [LinuxFact]
    public async Task A_command_goes_on_when_the_orchestrator_is_killed()
    {
        var (orchestrator, gate) = await Receive();
        var sender = Send();
        await Begun();

        orchestrator.Signal(Signals.Kill);
        await stage.Until(s => s.Term == 2 && s.Acting is not null, "a successor");
        await File.WriteAllTextAsync(gate, "7");

        Assert.Equal(0, await sender.ExitAsync());
        Assert.Equal(["7"], sender.Lines);
        Assert.Equal([Id], await File.ReadAllLinesAsync(Effects));
        Assert.Equal(1, await stage.AcceptedAsync("commandDone"));
    }

    [LinuxFact]
    public async Task A_command_whose_receiver_is_killed_is_lost_and_its_successor_never_executes_it()
    {
        await Receive();
        var before = await stage.Running("a");
        var sender = Send();
        await Begun();

        Assert.NotEmpty(Shells());
        Assert.Equal(0, Libc.Kill(stage.WrapperOf("a"), Signals.Kill));

        Assert.Equal(1, await sender.ExitAsync());
        await Eventually.True(() => Shells().Count == 0, "the end of what executed it", TimeSpan.FromSeconds(5));
        Assert.Contains("lost, effect unknown", sender.Errors, StringComparison.Ordinal);
        await stage.RunsAnew(before);
        var again = Send();
        Assert.Equal(1, await again.ExitAsync());
        Assert.Contains("lost, effect unknown", again.Errors, StringComparison.Ordinal);
        Assert.Equal([Id], await File.ReadAllLinesAsync(Effects));
        Assert.Equal(CommandStatus.Failed, Assert.Single(stage.State()!.Commands.Values).Status);
    }

    /// <summary>An orchestrator, and a supervisor whose commands end once somebody writes their result into the gate.</summary>
    private async Task<(LedgerProcess Orchestrator, string Gate)> Receive()
    {
        var gate = stage.Ledger.Fifo("gate");
        var orchestrator = stage.Start("orchestrate", "--group", stage.GroupId);
        await stage.Until(s => s.Acting is not null, "an orchestrator");
        stage.Supervise("a", "--backoff", "0ms", "--on-command", $"echo \"$LEDGER_COMMAND_ID\" >> '{Effects}'; cat '{gate}'");
        await stage.Running("a");
        return (orchestrator, gate);
    }

    private LedgerProcess Send() => stage.Start("send", "--group", stage.GroupId, "a", "work", "--id", Id, "--deadline", "2m");

    /// <summary>Processes that execute the command, or did.</summary>
    private static IReadOnlyList<int> Shells() =>
    [
        .. Procfs.Pids().Where(pid => ProcStat.Read(pid) is { IsGone: false }
            && Procfs.Read($"/proc/{pid}/environ")?.Split('\0').Contains($"LEDGER_COMMAND_ID={Id}") == true),
    ];

    private Task Begun() => Eventually.True(() => File.Exists(Effects) && File.ReadAllText(Effects).EndsWith('\n'), "the command's beginning");

    private Task<GroupState> Over(CommandStatus status) => stage.Until(s => s.Commands.GetValueOrDefault(Id)?.Status == status, $"it is {status}");
}
