using Ledger.Platform;

namespace Ledger.Hosting.Tests.Processes;

public sealed class LifelineTests
{
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(5);

    [LinuxFact]
    public async Task A_killed_wrapper_takes_its_command_and_grandchildren_along()
    {
        var directory = Directory.CreateTempSubdirectory("ledger-lifeline-");
        var told = Path.Combine(directory.FullName, "told");
        using var probe = await Probe.Start("run", "/bin/sh", "-c", $"trap 'touch {told}; exit' TERM; sleep 60 & sleep 61 & wait");
        await Eventually.True(() => Group.Count(probe.Command, "sleep") == 2, "command and grandchild");

        probe.Kill();

        await Eventually.True(() => Group.Members(probe.Command).Count == 0, "the end");
        // Before the lifeline's own KILL.
        Assert.True(File.Exists(told));
        directory.Delete(recursive: true);
    }

    [LinuxFact]
    public async Task A_killed_wrapper_takes_along_even_who_ignores_every_signal_that_can_be()
    {
        const string stubborn = "trap '' TERM HUP INT QUIT; sleep 60 & while :; do sleep 60; done";
        using var probe = await Probe.Start("run", "/bin/sh", "-c", stubborn);
        await Eventually.True(() => Group.Count(probe.Command, "sleep") == 2, "command and grandchild");

        probe.Kill();

        await Eventually.True(() => Group.Members(probe.Command).Count == 0, "the end", Promised);
    }

    [LinuxFact]
    public async Task Signals_to_the_whole_group_do_not_cut_the_lifeline()
    {
        using var probe = await Probe.Start("run", "/bin/sh", "-c", "trap '' TERM HUP INT QUIT USR1; while :; do sleep 60; done");
        await Eventually.True(() => Group.Count(probe.Command, "sleep") == 1, "the command");
        foreach (var signal in new[] { Signals.Hup, Signals.Int, Signals.Quit, Signals.User1, Signals.Term, Signals.TtyStop })
            Assert.Equal(0, Libc.Kill(-probe.Command, signal));

        probe.Kill();

        await Eventually.True(() => Group.Members(probe.Command).Count == 0, "the end", Promised);
    }

    [LinuxFact]
    public async Task A_wrapper_that_is_killed_before_the_release_never_runs_its_command()
    {
        var directory = Directory.CreateTempSubdirectory("ledger-lifeline-");
        var ran = Path.Combine(directory.FullName, "ran");
        using var probe = await Probe.Start("hold", "/bin/touch", ran);
        Assert.NotEmpty(Group.Members(probe.Command));

        probe.Kill();

        await Eventually.True(() => Group.Members(probe.Command).Count == 0, "the end", Promised);
        Assert.False(File.Exists(ran));
        directory.Delete(recursive: true);
    }

    [LinuxFact]
    public async Task A_wrapper_that_ends_normally_leaves_nobody_behind()
    {
        using var probe = await Probe.Start("run", "/bin/sh", "-c", "exit 3");

        await probe.Says("exited 3");

        await Eventually.True(() => Group.Members(probe.Command).Count == 0, "the end of the lifeline");
    }
}
