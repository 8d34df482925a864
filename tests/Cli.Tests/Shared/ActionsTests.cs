using Ledger.Cli.Shared;
using Ledger.Model;

namespace Ledger.Cli.Tests.Shared;

public sealed class ActionsTests
{
    public static TheoryData<Exception, int> Failures => new()
    {
        { new OperationNotFoundException("op"), 4 },
        { new LedgerStorageException("/", "it is full"), 3 },
        { new LedgerVersionException("/x", "fold", 9, 1), 3 },
        { new IOException("it is gone"), 3 },
        { new UnauthorizedAccessException("no"), 3 },
        { new ArgumentException("'../x' cannot be an operation id"), 2 },
        { new ProposalRejectedException("op", "abort", "completed"), 1 },
        { new TimeoutException("too late"), 124 },
        { new InvalidOperationException("odd"), 70 },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void Each_failure_has_its_exit_code_and_says_what_happened(Exception failure, int code)
    {
        var (found, message) = Actions.Explain(failure);
        Assert.Equal(code, found);
        Assert.Contains(failure.Message, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_ledger_is_told_with_what_to_do_next() =>
        Assert.Contains("--ledger PATH", Actions.Explain(new LedgerStorageException("/no/such/place", "There is no ledger")).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("two\nlines", "two lines")]
    [InlineData("\u001b[31mred", "[31mred")]
    [InlineData(null, "")]
    public void What_others_wrote_cannot_steer_the_terminal(string? text, string shown) =>
        Assert.Equal(shown, Texts.OneLine(text));
}
