using Ledger.Model;
using Ledger.Runtime;

namespace Ledger.Tests.Runtime;

public sealed class TextsTests
{
    /// <summary>Not a theory: the metadata that would hold its data replaces halves of characters itself.</summary>
    [Fact]
    public void Half_a_character_is_replaced_as_a_file_would()
    {
        Assert.Equal("half a \ufffd", Texts.Cut("half a \ud83e"));
        Assert.Equal("\ufffdx", Texts.Cut("\udd8ax"));
        Assert.Equal("whole 🦊", Texts.Cut("whole 🦊"));
        Assert.Null(Texts.Cut(null));
    }

    [Fact]
    public void A_character_is_not_cut_in_two()
    {
        var cut = Texts.Cut(new string('x', Limits.TextLength - 4) + "🦊🦊🦊🦊");
        Assert.Equal(new string('x', Limits.TextLength - 4) + "...", cut);
    }
}
