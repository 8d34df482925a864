using System.Text.RegularExpressions;

namespace Ledger.Tests.Architecture;

/// <summary>The table of doc/design/architecture.md: which layer may use which. Checked on the source, so that a wrong
/// using is found even where the compiler sees one assembly.</summary>
public sealed partial class LayerTests
{
    private static readonly Dictionary<string, string[]> MayUse = new()
    {
        ["Model"] = [],
        ["Platform"] = ["Model"],
        ["Rules"] = ["Model"],
        ["Log"] = ["Model", "Platform"],
        ["Runtime"] = ["Model", "Platform", "Rules", "Log", ""],
    };

    [Theory]
    [InlineData("Model")]
    [InlineData("Platform")]
    [InlineData("Rules")]
    [InlineData("Log")]
    [InlineData("Runtime")]
    public void A_layer_uses_only_what_the_table_allows(string layer)
    {
        var wrong =
            from path in Repository.Sources($"src/Ledger/{layer}")
            from Match use in LedgerName().Matches(File.ReadAllText(path))
            let used = use.Groups["layer"].Value
            where used != layer && MayUse.ContainsKey(used) && !MayUse[layer].Contains(used)
            select $"{Repository.Relative(path)} uses {used}";
        Assert.Empty(wrong.Distinct());
    }

    [Fact]
    public void The_rules_know_no_time_no_tasks_no_files_and_no_logger()
    {
        var wrong =
            from path in Repository.Sources("src/Ledger/Rules")
            let text = File.ReadAllText(path)
            from word in new[]
            {
                "System.IO", "System.Threading.Tasks", "Task<", "TimeProvider", "DateTime", "ILogger", "async ", "Random", "File.",
            }
            where text.Contains(word, StringComparison.Ordinal)
            select $"{Repository.Relative(path)}: {word}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void Json_stays_within_the_codec()
    {
        string[] allowed = ["src/Ledger/Log/", "src/Cli/"];
        var wrong = Repository.Sources("src").Where(path => File.ReadAllText(path).Contains("Newtonsoft", StringComparison.Ordinal))
            .Select(Repository.Relative).Where(path => !allowed.Any(a => path.StartsWith(a, StringComparison.Ordinal)));
        Assert.Empty(wrong);
    }

    [Fact]
    public void Native_calls_live_in_one_place()
    {
        var wrong = Repository.Sources("src").Where(path => Interop().IsMatch(File.ReadAllText(path)))
            .Select(Repository.Relative).Where(path => !path.StartsWith("src/Ledger/Platform/Libc", StringComparison.Ordinal));
        Assert.Empty(wrong);
    }

    [GeneratedRegex(@"\bLedger\.(?<layer>Model|Rules|Log|Runtime|Platform)\b")]
    private static partial Regex LedgerName();

    [GeneratedRegex(@"\[(LibraryImport|DllImport)\(")]
    private static partial Regex Interop();
}
