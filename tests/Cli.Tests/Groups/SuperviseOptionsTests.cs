using System.CommandLine;
using Ledger.Cli.Groups;
using Ledger.Cli.Shared;
using Ledger.Hosting;
using Ledger.Model.Groups;

namespace Ledger.Cli.Tests.Groups;

public sealed class SuperviseOptionsTests
{
    [Fact]
    public void Everything_but_group_and_id_has_a_default()
    {
        var request = Read([], "--group", "g", "--id", "a", "--", "./db", "-x", "--", "@y");

        var settings = request.Settings;
        Assert.Equal(("g", "a", "./db"), (request.GroupId, request.SupervisorId, request.Command));
        Assert.Equal(["-x", "--", "@y"], settings.StartInfo!.Args.ToArray());
        Assert.Equal(Environment.CurrentDirectory, settings.StartInfo.WorkingDirectory);
        Assert.Equal((5, 300_000), (settings.StartInfo.RestartPolicy.MaxAttempts, settings.StartInfo.RestartPolicy.ResetAfterMs));
        Assert.Equal([0, 1000, 5000, 15_000, 60_000], settings.StartInfo.RestartPolicy.BackoffIntervalsMs.ToArray());
        Assert.Equal((30_000, 5_000, 60_000), (settings.StartTimeoutMs, settings.StopGraceMs, settings.AdoptWithinMs));
        Assert.Equal(SupervisorMode.Coupled, settings.Mode);
        Assert.Empty(settings.Dependencies);
        Assert.Null(request.Spawned);
        Assert.DoesNotContain(request.Environment.Keys, name => name.StartsWith("LEDGER_", StringComparison.Ordinal));
    }

    [Fact]
    public void Whoever_restarts_it_elsewhere_runs_the_same_wrapper()
    {
        var request = Read(
            [], "--group", "g", "--id", "a", "--depends", "b,c", "--depends", "d", "--port", "80,81", "--backoff", "1s,500ms",
            "--mode", "independent", "--stop-grace", "2s", "--on-command", "do it", "--", "x");

        Assert.Equal(["b", "c", "d"], request.Settings.Dependencies.ToArray());
        Assert.Equal([80, 81], request.Settings.Ports.ToArray());
        Assert.Equal([1000, 500], request.Settings.StartInfo!.RestartPolicy.BackoffIntervalsMs.ToArray());
        Assert.Equal("ledger", request.Supervisors[0].Settings.Launcher[0]);
        var again = Read([], [.. request.Supervisors[0].Settings.Launcher.Skip(2), "x"]);
        Assert.Equal(request.LedgerPath, again.LedgerPath);
        Assert.Equal(request.Supervisors[0].Settings.Launcher.ToArray(), again.Supervisors[0].Settings.Launcher.ToArray());
        Assert.Equal(request.Settings.Dependencies.ToArray(), again.Settings.Dependencies.ToArray());
        Assert.Equal((request.Settings.Mode, request.Settings.StopGraceMs, request.OnCommand), (again.Settings.Mode, again.Settings.StopGraceMs, again.OnCommand));
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("b", false)] // typed within the program of a
    public void A_token_is_for_the_supervisor_it_was_made_for(string id, bool isSpawned)
    {
        var variables = new Dictionary<string, string>
        {
            ["LEDGER_PATH"] = "/ledger-tests/here",
            ["LEDGER_GROUP"] = "g",
            ["LEDGER_SUPERVISOR"] = "a",
            ["LEDGER_RUN_ID"] = "owner",
            ["LEDGER_TOKEN"] = "secret",
        };

        Assert.Equal(isSpawned, Read(variables, "--group", "g", "--id", id, "--", "x").Spawned is { RunId: "owner", Token: "secret" });
    }

    [Theory]
    [InlineData("x")]
    [InlineData("--depends", "a b", "--", "x")]
    [InlineData("--port", "0", "--", "x")]
    [InlineData("--port", "65536", "--", "x")]
    [InlineData("--restart", "-1", "--", "x")]
    [InlineData("--backoff", "1", "--", "x")]
    [InlineData("--instances", "0", "--", "x")]
    [InlineData("--instances", "501", "--", "x")]
    [InlineData("--instances", "2", "--port", "80", "--", "x")]
    public void What_cannot_be_meant_is_refused(params string[] arguments) =>
        Assert.Throws<ArgumentException>(() => Read([], ["--group", "g", "--id", "a", .. arguments]));

    [Fact]
    public void Each_instance_is_restarted_alone_and_under_its_own_id()
    {
        var request = Read([], "--group", "g", "--id", "a", "--instances", "2", "--", "x");

        Assert.Equal(["a-1", "a-2"], request.Supervisors.Select(each => each.Id));
        Assert.Equal(
            "ledger supervise --ledger /ledger-tests/here --group g --id a-2 --", string.Join(' ', request.Supervisors[1].Settings.Launcher));
    }

    [Theory]
    [InlineData("/ledger-tests/here/", "a")]
    [InlineData("/ledger-tests/else", null)]
    public void A_surrounding_supervisor_counts_for_its_own_ledger(string path, string? supervisor)
    {
        var variables = new Dictionary<string, string> { ["LEDGER_PATH"] = path, ["LEDGER_SUPERVISOR"] = "a" };

        Assert.Equal(supervisor, GroupVariables.Surrounding("/ledger-tests/here", name => variables.GetValueOrDefault(name)));
    }

    [Fact]
    public void An_invitation_is_read_from_its_variable_and_what_is_none_is_refused_without_repeating_it()
    {
        SuperviseRequest With(string value) =>
            Read(new() { [InvitationVariable.Name] = value }, "--group", "g", "--id", "a", "--", "x");

        Assert.Null(With("").Invitation);
        var invitation = With("cafe01:s3cret").Invitation!;
        Assert.Equal(("cafe01", "s3cret"), (invitation.InviteId, invitation.Token));
        Assert.DoesNotContain("s3cret", With("cafe01:s3cret").ToString(), StringComparison.Ordinal);
        foreach (var wrong in new[] { "s3cret", ":s3cret", "s3cret:", "a b:s3cret" })
        {
            var refusal = Assert.Throws<ArgumentException>(() => With(wrong));
            Assert.Contains(InvitationVariable.Name, refusal.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("s3cret", refusal.Message, StringComparison.Ordinal);
        }
    }

    private static SuperviseRequest Read(Dictionary<string, string> variables, params string[] arguments)
    {
        var options = new SuperviseOptions();
        var command = new Command("supervise");
        options.AddTo(command);
        var root = new RootCommand { CommonOptions.Ledger };
        root.Add(command);
        string[] all = arguments.Contains("--ledger") ? ["supervise", .. arguments] : ["supervise", "--ledger", "/ledger-tests/here", .. arguments];
        var parsed = root.Parse(all, new ParserConfiguration { ResponseFileTokenReplacer = null });
        Assert.Empty(parsed.Errors);
        return options.Read(parsed, name => variables.GetValueOrDefault(name), ["ledger"]);
    }
}
