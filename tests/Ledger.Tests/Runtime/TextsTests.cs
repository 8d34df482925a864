using Ledger.Model;
using Ledger.Runtime;

namespace Ledger.Tests.Runtime;

public sealed class TextsTests
{
    [Theory]
    [InlineData("half a \ud83e", "half a \ufffd")]
    [InlineData("\udd8a", "\ufffd")]
    [InlineData("whole 🦊", "whole 🦊")]
    [InlineData(null, null)]
    public void Half_a_character_is_replaced_as_a_file_would(string? text, string? kept) => Assert.Equal(kept, Texts.Cut(text));

    [Fact]
    public void A_character_is_not_cut_in_two()
    {
        var cut = Texts.Cut(new string('x', Limits.TextLength - 4) + "🦊🦊🦊🦊");
        Assert.Equal(new string('x', Limits.TextLength - 4) + "...", cut);
    }
}
