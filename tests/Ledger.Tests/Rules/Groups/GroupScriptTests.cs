using Ledger.Model.Groups;
using Ledger.Rules;
using Ledger.Rules.Groups;

namespace Ledger.Tests.Rules.Groups;

/// <summary>Runs the stories in <c>Rules/GroupScripts</c>, as <see cref="ScriptTests"/> does those of operations.
/// <c>LEDGER_REWRITE_SCRIPTS=1</c> writes the present answers into the source files.</summary>
public sealed class GroupScriptTests
{
    private const string Arrow = "  -> ";

    public static TheoryData<string> Files() =>
        [.. Directory.GetFiles(Folder, "*.txt").Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal)];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Rules", "GroupScripts");

    [Theory]
    [MemberData(nameof(Files))]
    public void The_fold_answers_as_the_script_says(string file)
    {
        var expected = File.ReadAllLines(Path.Combine(Folder, file));
        var actual = Run(expected, []);
        if (Environment.GetEnvironmentVariable("LEDGER_REWRITE_SCRIPTS") == "1")
            File.WriteAllLines(Path.Combine(SourceFolder(), file), actual);
        else
            Assert.Equal(string.Join('\n', expected), string.Join('\n', actual));
    }

    [Fact]
    public void The_scripts_show_every_type_of_entry_accepted()
    {
        var accepted = All().Where(h => h.Outcome.Accepted).Select(h => h.Entry.Data.Type).ToHashSet();
        Assert.Empty(Enum.GetValues<GroupEntryType>().Except(accepted));
    }

    [Fact]
    public void The_scripts_show_every_reason_of_rejection_that_is_no_limit()
    {
        var shown = All().Where(h => !h.Outcome.Accepted).Select(h => Reasons.Code(h.Outcome.Rejection!)).ToHashSet();
        var codes = typeof(GroupReasons).GetFields().Select(f => (string)f.GetRawConstantValue()!)
            .Except([GroupReasons.TooLong, GroupReasons.TooLate]); // these: GroupLimitTests
        Assert.Empty(codes.Except(shown));
    }

    private static List<(GroupEntry Entry, GroupOutcome Outcome)> All()
    {
        List<GroupStory> told = [];
        foreach (var file in Files()) Run(File.ReadAllLines(Path.Combine(Folder, (string)file)), told);
        return [.. told.SelectMany(s => s.History)];
    }

    private static List<string> Run(IEnumerable<string> lines, List<GroupStory> told)
    {
        List<string> result = [];
        var story = new GroupStory();
        foreach (var raw in lines)
        {
            var line = raw.Split(Arrow.TrimEnd())[0].TrimEnd();
            if (line.StartsWith("==", StringComparison.Ordinal)) told.Add(story = new GroupStory());
            var silent = line.Length == 0 || line[0] is '#' or '=';
            result.Add(silent ? line : $"{line,-36}{Arrow}{story.Tell(line)}");
        }
        return result;
    }

    private static string SourceFolder()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at!.FullName, "Ledger.sln"))) at = at.Parent;
        return Path.Combine(at.FullName, "tests", "Ledger.Tests", "Rules", "GroupScripts");
    }
}
