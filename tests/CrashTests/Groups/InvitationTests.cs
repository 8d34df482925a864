using Ledger.CrashTests.Run;
using Ledger.Model.Groups;
using Ledger.Platform;

namespace Ledger.CrashTests.Groups;

/// <summary>Invitations as somebody types them: each refusal in its own words, and no token where others can read it.</summary>
public sealed class InvitationTests : IDisposable
{
    private const string Variable = "LEDGER_INVITATION";
    private const UnixFileMode OwnFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnDirectory = OwnFile | UnixFileMode.UserExecute;

    private readonly GroupStage stage = new();

    public void Dispose() => stage.Dispose();

    [LinuxFact]
    public async Task An_invitation_lets_one_in_once_and_whoever_has_none_or_a_wrong_one_is_told_so()
    {
        await stage.SuperviseAll("a");
        var (invite, invitation) = await Invite("guest");

        var without = stage.Supervise("guest");
        var wrong = Come("guest", $"{invitation.Split(':')[0]}:{new string('0', 64)}");
        await Refused(without, "invited");
        await Refused(wrong, "invitationWrong");
        var other = Come("stranger", invitation);
        await Refused(other, "invitationForOther");
        var guest = Come("guest", invitation);
        var running = await stage.Running("guest");
        Assert.Equal(0, await invite.ExitAsync());
        var again = Come("guest", invitation);
        await Refused(again, "invitationUsed");

        var token = invitation.Split(':')[1];
        await stage.OneProgramEach("guest");
        NoFileHas(token);
        NoProcessShows(token, guest.Pid);
        Assert.DoesNotContain(token, Procfs.Read($"/proc/{running.Program!.Pid}/environ")!, StringComparison.Ordinal);
        Assert.All([invite, guest, again, wrong, other], each => Assert.DoesNotContain(token, each.Errors, StringComparison.Ordinal));
        Assert.DoesNotContain(token, string.Join('\n', guest.Lines), StringComparison.Ordinal);
        guest.Signal(Signals.Term);
        Assert.Equal(0, await guest.ExitAsync());
        NoFileHas(token);
    }

    [LinuxFact]
    public async Task Who_stands_by_to_orchestrate_may_be_invited_too()
    {
        await stage.SuperviseAll("a");
        var (invite, invitation) = await Invite("spare");

        var without = stage.Start("orchestrate", "--group", "g", "--name", "spare");
        Assert.Equal(1, await without.ExitAsync());
        Assert.Contains(": invited", without.Errors, StringComparison.Ordinal);
        var spare = stage.StartWith(Variable, invitation, "orchestrate", "--group", "g", "--name", "spare");

        Assert.Equal(0, await invite.ExitAsync());
        await Eventually.True(() => spare.Errors.Contains("stands by", StringComparison.Ordinal), "its standing by");
        spare.Signal(Signals.Term);
        Assert.Equal(0, await spare.ExitAsync());
    }

    [LinuxFact]
    public async Task A_cancelled_and_an_expired_invitation_are_refused_each_as_what_it_is()
    {
        await stage.SuperviseAll("a");
        var (slow, expired) = await Invite("slow");
        var (late, cancelled) = await Invite("late");

        late.Signal(Signals.Int);
        Assert.Equal(130, await late.ExitAsync());
        await Refused(Come("late", cancelled), "invitationCancelled");
        Assert.Equal(124, await slow.ExitAsync());
        Assert.Contains("expired", slow.Errors, StringComparison.Ordinal);
        await Refused(Come("slow", expired), "invitationExpired");

        // Over, it reserves nothing any more.
        stage.Supervise("slow");
        await stage.Running("slow");
        foreach (var each in new[] { expired, cancelled }) NoFileHas(each.Split(':')[1]);
    }

    [LinuxFact]
    public async Task What_is_no_invitation_is_a_usage_error_that_does_not_repeat_it()
    {
        var run = Come("guest", "notaninvitation");

        Assert.Equal(2, await run.ExitAsync());
        Assert.Contains(Variable, run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("notaninvitation", run.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(stage.Ledger.Path));
    }

    private async Task<(LedgerProcess Process, string Invitation)> Invite(string member)
    {
        var process = stage.Start("invite", "--group", "g", member);
        await Eventually.True(() => process.Lines.Any(), "the invitation");
        return (process, process.Lines.First());
    }

    private LedgerProcess Come(string id, string invitation) =>
        stage.StartWith(Variable, invitation, "supervise", "--group", "g", "--id", id, "--", "sleep", stage.Seconds(id));

    private static async Task Refused(LedgerProcess process, string reason)
    {
        Assert.Equal(125, await process.ExitAsync());
        Assert.Contains($": {reason}", process.Errors, StringComparison.Ordinal);
    }

    /// <summary>No byte of it in the ledger, and nothing there that others may read.</summary>
    private void NoFileHas(string token)
    {
        Assert.All(stage.Files(), file =>
        {
            Assert.Equal(OwnFile, file.Mode);
            Assert.DoesNotContain(token, file.Text, StringComparison.Ordinal);
        });
        if (OperatingSystem.IsWindows()) return;
        foreach (var path in Directory.EnumerateDirectories(stage.Ledger.Path, "*", SearchOption.AllDirectories).Append(stage.Ledger.Path))
            Assert.Equal((path, OwnDirectory), (path, File.GetUnixFileMode(path)));
    }

    /// <summary>No process has it among its words, and only the one that it was given to in its environment, which others
    /// cannot read.</summary>
    private static void NoProcessShows(string token, int given)
    {
        foreach (var pid in Procfs.Pids())
        {
            Assert.DoesNotContain(token, Procfs.Read($"/proc/{pid}/cmdline") ?? "", StringComparison.Ordinal);
            if (Procfs.Read($"/proc/{pid}/environ")?.Contains(token, StringComparison.Ordinal) != true) continue;
            Assert.Equal(given, pid);
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead, File.GetUnixFileMode($"/proc/{pid}/environ"));
        }
    }
}
