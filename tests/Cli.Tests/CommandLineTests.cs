namespace Ledger.Cli.Tests;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("bogus")]
    [InlineData("show")]
    [InlineData("show", "a", "b")]
    [InlineData("ls", "--bogus")]
    [InlineData("wait", "op")]
    [InlineData("wait", "op", "--for", "everything")]
    [InlineData("wait", "op", "--for", "terminal", "--timeout", "5")]
    [InlineData("show", "op", "--observe", "soon")]
    [InlineData("demo", "earthquake")]
    [InlineData("ls", "--ledger")]
    public async Task What_cannot_be_understood_is_a_usage_error_that_points_to_the_help(params string[] args)
    {
        var (code, output, error) = await RunAsync(args);
        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.StartsWith("ledger: ", error, StringComparison.Ordinal);
        Assert.Contains("--help'", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ledger: OPERATION is missing: The operation's id.", "show")]
    [InlineData("ledger: COMMAND is missing: The command and its arguments, behind '--'.", "run")]
    [InlineData("ledger: MEMBER is missing: Participant id of the member.", "send", "--group", "g")]
    [InlineData("ledger: Unrecognized command or argument 'bogus'.", "bogus")]
    [InlineData("ledger: Required argument missing for option: '--ledger'.", "ls", "--ledger")]
    public async Task What_is_missing_or_misspelt_is_named_first(string expected, params string[] args)
    {
        var (_, _, error) = await RunAsync(args);
        Assert.Equal(expected, error.Split('\n')[0].TrimEnd());
    }

    [Theory]
    [InlineData("run")]
    [InlineData("supervise")]
    public async Task Help_shows_the_command_behind_the_dashes_and_each_default_once(string verb)
    {
        var (_, output, _) = await RunAsync(verb, "--help");
        Assert.Contains($"  ledger {verb} [options] -- <COMMAND>...", output, StringComparison.Ordinal);
        Assert.DoesNotContain(output.Split('\n'), line =>
            line.Contains("Default:", StringComparison.Ordinal) && line.Contains("[default:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_verb_the_help_goes_to_standard_error()
    {
        var (code, output, error) = await RunAsync();
        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.Contains("ledger demo", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ls")]
    [InlineData("show")]
    [InlineData("watch")]
    [InlineData("wait")]
    [InlineData("log")]
    [InlineData("abort")]
    [InlineData("verify")]
    [InlineData("gc")]
    [InlineData("doctor")]
    [InlineData("demo")]
    [InlineData("run")]
    [InlineData("progress")]
    [InlineData("supervise")]
    [InlineData("orchestrate")]
    [InlineData("group")]
    [InlineData("send")]
    [InlineData("invite")]
    [InlineData("stop")]
    [InlineData("bench")]
    public async Task Every_verb_explains_itself_with_examples(string verb)
    {
        var (code, output, error) = await RunAsync(verb, "--help");
        Assert.Equal(0, code);
        Assert.Empty(error);
        Assert.Contains($"  ledger {verb}", output, StringComparison.Ordinal);
        Assert.Contains("Examples:", output, StringComparison.Ordinal);
        Assert.Contains("--json", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Ledger.Cli", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_demos_own_verb_is_not_shown()
    {
        var (_, output, _) = await RunAsync("--help");
        Assert.DoesNotContain("demo-participant", output, StringComparison.Ordinal);
        Assert.DoesNotContain("doctor-helper", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Operation_ids_are_completed_from_the_ledger()
    {
        using var temp = new TempLedger();
        var ledger = await temp.OpenAsync();
        await using var participant = await ledger.JoinAsync("cli");
        await using var operation = await participant.CreateOperationAsync("build-42");
        var line = $"ledger show --ledger {temp.Path} bu";
        var words = CommandLine.Create().Parse(line).GetCompletions(line.Length);
        Assert.Contains(words, w => w.Label == "build-42");
    }

    [Fact]
    public void Completing_where_there_is_no_ledger_says_nothing()
    {
        var line = "ledger show --ledger /no/such/place bu";
        Assert.DoesNotContain(CommandLine.Create().Parse(line).GetCompletions(line.Length), w => w.Label.StartsWith("bu", StringComparison.Ordinal));
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandLine.RunAsync(args, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
