using Ledger.Cli.Shared;

namespace Ledger.Cli.Tests.Shared;

public sealed class LedgerPathsTests
{
    [Theory]
    [InlineData("/opt", "/env", "/xdg", "/home/me", "/opt")]
    [InlineData(null, "/env", "/xdg", "/home/me", "/env")]
    [InlineData(null, "", "/xdg", "/home/me", "/xdg/ledger")]
    [InlineData(null, null, "/xdg", "/home/me", "/xdg/ledger")]
    [InlineData(null, null, "relative", "/home/me", "/home/me/.local/state/ledger")]
    [InlineData(null, null, null, "/home/me", "/home/me/.local/state/ledger")]
    public void The_option_wins_then_the_variable_then_the_state_directory(
        string? option, string? path, string? state, string? home, string expected)
    {
        string? Variable(string name) => name switch
        {
            "LEDGER_PATH" => path,
            "XDG_STATE_HOME" => state,
            "HOME" => home,
            _ => null,
        };
        Assert.Equal(expected, LedgerPaths.Resolve(option, Variable));
    }

    [Fact]
    public void An_empty_option_is_no_wish_for_the_default()
    {
        var fault = Assert.Throws<ArgumentException>(() => LedgerPaths.Resolve("", _ => "/env"));
        Assert.Equal(ExitCodes.Usage, Actions.Explain(fault).Code);
    }
}
