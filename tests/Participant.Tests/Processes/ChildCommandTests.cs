using System.IO.Pipes;
using Ledger.Hosting.Processes;
using Ledger.Platform;

namespace Ledger.Hosting.Tests.Processes;

public sealed class ChildCommandTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);
    private readonly List<ChildCommand> _commands = [];
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ledger-child-");

    public void Dispose()
    {
        foreach (var command in _commands)
        {
            command.Dispose();
            Assert.Empty(Group.Members(command.Pgid));
        }

        _directory.Delete(recursive: true);
    }

    [LinuxFact]
    public async Task Exit_codes_are_passed_on_and_signals_are_added_to_128()
    {
        Assert.Equal(ExitStatus.Exited(0), await Run("exit 0"));
        Assert.Equal(ExitStatus.Exited(3), await Run("exit 3"));
        Assert.Equal(new ExitStatus(143, Signals.Term), await Run("kill -TERM $$"));
        Assert.Equal(new ExitStatus(137, Signals.Kill), await Run("kill -KILL $$"));
    }

    [LinuxFact]
    public async Task The_command_does_not_run_before_it_is_released_and_keeps_pid_group_and_start_token()
    {
        var command = Start("echo $$ > ran; exec sleep 60");
        Assert.False(File.Exists(Ran));
        Assert.Equal(command.Pid, ProcStat.Read(command.Pid)!.Value.ProcessGroup);

        command.Release();
        command.Release();
        await Eventually.True(() => Group.Count(command.Pgid, "sleep") == 1, "the command");

        Assert.Equal($"{command.Pid}\n", await File.ReadAllTextAsync(Ran));
        var stat = ProcStat.Read(command.Pid)!.Value;
        Assert.Equal((command.Pgid, command.StartToken), (stat.ProcessGroup, stat.StartToken));
    }

    [LinuxFact]
    public async Task A_discarded_command_never_ran()
    {
        var command = Start("echo > ran");

        command.Discard();
        command.Release();

        Assert.Equal(Signals.Kill, (await command.WaitAsync(CancellationToken.None).WaitAsync(Eventually.Bound)).Signal);
        Assert.False(File.Exists(Ran));
    }

    [LinuxFact]
    public async Task Variables_are_set_removed_and_passed_on_whatever_they_are_called()
    {
        Environment.SetEnvironmentVariable("LEDGER_TEST_REMOVED", "x");
        var command = Start("env > variables", new()
        {
            ["LEDGER_TEST_SET"] = "a 'b' \"c\"",
            ["LEDGER_TEST_REMOVED"] = null,
            ["a.b"] = "not a shell's name",
        });
        command.Release();
        await command.WaitAsync(CancellationToken.None);

        var lines = await File.ReadAllLinesAsync(Path.Combine(_directory.FullName, "variables"));
        Assert.Contains("LEDGER_TEST_SET=a 'b' \"c\"", lines);
        Assert.DoesNotContain(lines, line => line.StartsWith("LEDGER_TEST_REMOVED", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.StartsWith(ProcessVariables.Lifeline, StringComparison.Ordinal));
    }

    [LinuxFact]
    public async Task A_variable_that_is_no_name_to_a_shell_reaches_the_command()
    {
        // Not through one more shell, which would drop it.
        var output = Path.Combine(_directory.FullName, "out");
        var command = Track(ChildCommand.Start(new ChildCommandOptions
        {
            Path = "/bin/cp",
            Arguments = ["/proc/self/environ", output],
            Environment = new Dictionary<string, string?> { ["a.b"] = "c d" },
        }, Fail));
        command.Release();

        Assert.Equal(0, (await command.WaitAsync(CancellationToken.None)).Code);
        Assert.True(ProcessVariables.Has(await File.ReadAllTextAsync(output), "a.b", "c d"));
    }

    [LinuxFact]
    public async Task The_command_has_only_the_descriptors_it_is_meant_to_have()
    {
        // One that nobody marked to be closed, as a program that starts this process may leave it.
        using var leak = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.Inheritable);
        Assert.Equal(0, Libc.CreatePipe(out var read, out var write));
        var command = Track(ChildCommand.Start(new ChildCommandOptions
        {
            Path = "/bin/sh",
            Arguments = ["-c", "ls /proc/$$/fd > \"$0\"", Path.Combine(_directory.FullName, "open")],
            PassDescriptors = [write],
        }, Fail));
        command.Release();
        Assert.Equal(0, (await command.WaitAsync(CancellationToken.None)).Code);
        Libc.CloseDescriptor(read);
        Libc.CloseDescriptor(write);

        var open = await File.ReadAllLinesAsync(Path.Combine(_directory.FullName, "open"));
        // A shell keeps its own spare at 10 and above while it redirects.
        Assert.Equal(new[] { "0", "1", "2", $"{write}" }.Order(), open.Where(each => each != "10" || write == 10).Order());
    }

    [LinuxFact]
    public async Task Stops_and_continues_are_told()
    {
        var stopped = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var continued = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var command = Start("exec sleep 60");
        command.Stopped += stopped.SetResult;
        command.Continued += continued.SetResult;
        command.Release();

        command.Signal(Signals.Stop);
        Assert.Equal(Signals.Stop, await stopped.Task.WaitAsync(Eventually.Bound));
        command.Signal(Signals.Continue);
        await continued.Task.WaitAsync(Eventually.Bound);
        command.Signal(Signals.Int);
        Assert.Equal(130, (await command.WaitAsync(CancellationToken.None).WaitAsync(Eventually.Bound)).Code);
    }

    [LinuxFact]
    public async Task Terminating_ends_the_whole_group_and_does_not_wait_for_the_lifeline()
    {
        var command = Start("sleep 60 & env -i sleep 60 & wait");
        command.Release();
        await Eventually.True(() => Group.Count(command.Pgid, "sleep") == 2, "the members");

        var outcome = await command.TerminateAsync(Long, static () => true, TimeProvider.System, CancellationToken.None)
            .WaitAsync(Eventually.Bound);

        Assert.Equal(GroupEnd.Ended, outcome.End);
        Assert.Equal(Signals.Term, (await command.WaitAsync(CancellationToken.None)).Signal);
    }

    [LinuxFact]
    public async Task A_command_that_is_being_ended_gets_TERM_once_and_goes_on_with_what_it_begins_to_clean_up_by()
    {
        var command = Start("mkfifo go; trap 'cat go > cleaned; exit 0' TERM; sleep 60 & wait");
        command.Release();
        await Eventually.True(() => Group.Count(command.Pgid, "sleep") == 1, "what it does");

        Assert.True(command.BeginToTerminate());
        await Eventually.True(() => Group.Count(command.Pgid, "cat") == 1, "what it cleans up by");
        command.BeginToTerminate();
        var ending = command.TerminateAsync(Long, static () => true, TimeProvider.System, CancellationToken.None);
        var go = File.WriteAllTextAsync(Path.Combine(_directory.FullName, "go"), "cleaned");

        Assert.Equal(GroupEnd.Ended, (await ending.WaitAsync(Eventually.Bound)).End);
        Assert.Equal("cleaned", await File.ReadAllTextAsync(Path.Combine(_directory.FullName, "cleaned")));
        await go.WaitAsync(Eventually.Bound);
        Assert.False(command.BeginToTerminate());
    }

    [LinuxFact]
    public async Task A_command_that_has_died_is_not_there_any_more_although_nobody_may_have_waited_for_it_yet()
    {
        var command = Start("exec sleep 60");
        command.Release();
        await Eventually.True(() => Group.Count(command.Pgid, "sleep") == 1, "the command");
        command.Signal(Signals.Kill);
        await Eventually.True(() => ProcStat.Read(command.Pid) is not { IsEnding: false }, "its end");
        Assert.False(command.BeginToTerminate());
    }

    [LinuxFact]
    public async Task What_a_command_left_in_its_group_can_be_ended_after_its_own_end()
    {
        var command = Start("env -i sleep 60 & exit 3");
        command.Release();
        Assert.Equal(3, (await command.WaitAsync(CancellationToken.None).WaitAsync(Eventually.Bound)).Code);
        await Eventually.True(() => Group.Count(command.Pgid, "sleep") == 1, "the left-over");

        var outcome = await command.TerminateAsync(Long, static () => true, TimeProvider.System, CancellationToken.None);

        Assert.Equal(GroupEnd.Ended, outcome.End);
        Assert.Equal(0, Group.Count(command.Pgid, "sleep"));
    }

    [LinuxFact]
    public void What_cannot_be_started_is_refused()
    {
        Assert.Throws<ArgumentException>(() => ChildCommand.Start(new() { Path = "sh" }, Fail));
        Assert.Throws<ArgumentException>(() => ChildCommand.Start(new() { Path = "/bin/sh", Arguments = ["a\0b"] }, Fail));
        Assert.Throws<ArgumentException>(() => ChildCommand.Start(new() { Path = "/bin/sh", PassDescriptors = [1] }, Fail));
    }

    private string Ran => Path.Combine(_directory.FullName, "ran");

    private static void Fail(Exception error) => Assert.Fail(error.ToString());

    private async Task<ExitStatus> Run(string script)
    {
        var command = Start(script);
        command.Release();
        return await command.WaitAsync(CancellationToken.None).WaitAsync(Eventually.Bound);
    }

    private ChildCommand Start(string script, Dictionary<string, string?>? variables = null) =>
        Track(ChildCommand.Start(new ChildCommandOptions
        {
            Path = "/bin/sh",
            Arguments = ["-c", $"cd '{_directory.FullName}' && {script}"],
            Environment = variables ?? [],
        }, Fail));

    private ChildCommand Track(ChildCommand command)
    {
        _commands.Add(command);
        return command;
    }
}
