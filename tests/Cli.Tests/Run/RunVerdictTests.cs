using Ledger.Cli.Run;
using Ledger.Hosting.Processes;

namespace Ledger.Cli.Tests.Run;

public sealed class RunVerdictTests
{
    [Theory]
    // The result counts: the command's own code, whatever was passed on.
    [InlineData(0, "Good", false, false, 0)]
    [InlineData(3, "Good", false, false, 3)]
    [InlineData(143, "Good", false, true, 143)]
    // The call was ending: a success is none, a failure of its own is its own.
    [InlineData(0, "Ending", false, false, 75)]
    [InlineData(3, "Ending", false, false, 3)]
    [InlineData(143, "Ending", false, true, 75)]
    // Others ended the command, or may have.
    [InlineData(143, "Fenced", false, false, 75)]
    [InlineData(0, "Fenced", false, false, 75)]
    // The wrapper ended it.
    [InlineData(0, "Good", true, false, 75)]
    [InlineData(143, "Ending", true, false, 75)]
    [InlineData(137, "Ending", true, true, 75)]
    public void The_exit_code_follows_from_who_ended_the_command(
        int code, string standing, bool wasStopped, bool wasSignalled, int expected)
    {
        var status = code > 128 ? ExitStatus.Signalled(code - 128) : ExitStatus.Exited(code);

        Assert.Equal(expected, RunVerdict.ExitCode(status, Enum.Parse<CallStanding>(standing), wasStopped, wasSignalled));
    }
}
