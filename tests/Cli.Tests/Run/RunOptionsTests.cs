using System.CommandLine;
using Ledger.Cli.Run;
using Ledger.Cli.Shared;
using Ledger.Model;

namespace Ledger.Cli.Tests.Run;

public sealed class RunOptionsTests
{
    private const string Here = "/ledger-tests/here";

    [Fact]
    public void Everything_has_a_default()
    {
        var request = Read([], "--", "/bin/my tool", "-x", "--", "@y");

        Assert.Equal(("/bin/my tool", "my-tool"), (request.Command, request.Name));
        Assert.Equal(["-x", "--", "@y"], request.Arguments);
        Assert.Matches("^my-tool-[a-z2-9]{6}$", request.CallId);
        Assert.Equal((null, null, false), (request.OperationId, request.CallerId, request.IsNested));
        Assert.Equal((30, 5, 600), (request.CleanupTimeout.TotalSeconds, request.Grace.TotalSeconds, request.CompleteTimeout.TotalSeconds));
        Assert.Matches("^run-[0-9]{8}-[0-9]{6}-[a-z2-9]{4}$", RunNames.Operation(TimeProvider.System));
    }

    [Fact]
    public void The_longest_name_leaves_room_for_the_calls_suffix()
    {
        var name = new string('n', Identifier.MaxLength);

        Assert.Null(Identifier.Fault(Read([], "--name", name, "--", "x").CallId));
    }

    [Theory]
    [InlineData(Here + "/", null, "op", "outer")] // the same ledger, spelt differently
    [InlineData("/ledger-tests/else", null, null, null)]
    [InlineData(Here, "other", "other", null)] // the surrounding call is none of that operation
    [InlineData(Here, "op", "op", "outer")]
    public void What_surrounds_a_run_counts_for_its_own_ledger_and_operation(
        string path, string? operation, string? joined, string? caller)
    {
        var variables = new Dictionary<string, string>
        {
            [RunVariables.Path] = path,
            [RunVariables.Operation] = "op",
            [RunVariables.Call] = "outer",
        };
        string[] arguments = operation is null ? ["--", "x"] : ["--operation", operation, "--", "x"];

        var request = Read(variables, arguments);

        Assert.Equal((joined, caller, true), (request.OperationId, request.CallerId, request.IsNested));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("x", "--", "y")]
    [InlineData("--caller", "a b", "--", "x")]
    [InlineData("--supervisor", ".", "--", "x")]
    [InlineData("--temp", "", "--", "x")]
    [InlineData("--grace", "24h", "--", "x")]
    [InlineData("--status-fd", "0", "--", "x")]
    public void What_cannot_be_meant_is_refused(params string[] arguments) =>
        Assert.Throws<ArgumentException>(() => Read([], arguments));

    [Fact]
    public void A_surrounding_call_that_cannot_be_one_is_refused()
    {
        var variables = new Dictionary<string, string>
        {
            [RunVariables.Path] = Here,
            [RunVariables.Operation] = "op",
            [RunVariables.Call] = "../outer",
        };
        var refusal = Assert.Throws<ArgumentException>(() => Read(variables, "--", "x"));
        Assert.Contains(RunVariables.Call, refusal.Message, StringComparison.Ordinal);
    }

    private static RunRequest Read(Dictionary<string, string> variables, params string[] arguments)
    {
        var options = new RunOptions();
        var command = new Command("run");
        options.AddTo(command);
        var root = new RootCommand { CommonOptions.Ledger, command };
        var parsed = root.Parse(["run", "--ledger", Here, .. arguments]);
        Assert.Empty(parsed.Errors);
        return options.Read(parsed, name => variables.GetValueOrDefault(name), TimeProvider.System);
    }
}
