using Ledger.Model;
using Ledger.Rules;

namespace Ledger.Tests.Rules;

/// <summary>Runs the stories in <c>Rules/Scripts</c>. Each line is an entry, or what an observer does; what must come of it
/// stands behind the arrow, so a story reads from top to bottom. <c>LEDGER_REWRITE_SCRIPTS=1</c> writes the present answers into the source
/// files: read the difference before believing it.</summary>
public sealed class ScriptTests
{
    private const string Arrow = "  -> ";

    public static TheoryData<string> Files() =>
        [.. Directory.GetFiles(Folder, "*.txt").Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal)];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Rules", "Scripts");

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
        var accepted = All().Where(h => h.Outcome.Accepted).Select(h => h.Entry.Data.Type).Distinct().Order();
        Assert.Equal(Enum.GetValues<EntryType>().Where(t => t != EntryType.OperationCreated), accepted);
    }

    [Fact]
    public void The_scripts_show_every_reason_of_rejection_that_is_no_limit()
    {
        var codes = typeof(Reasons).GetFields().Select(f => (string)f.GetRawConstantValue()!).ToHashSet();
        var shown = All().Where(h => !h.Outcome.Accepted).Select(h => Reasons.Code(h.Outcome.Rejection!)).ToHashSet();
        Assert.Equal([Reasons.TooDeep, Reasons.LimitReached], codes.Except(shown)); // these two: LimitTests
        Assert.Equal(["cleanup", "completed", "failed"], shown.Except(codes).Order());
    }

    private static List<(Entry Entry, Outcome Outcome)> All()
    {
        List<Story> told = [];
        foreach (var file in Files()) Run(File.ReadAllLines(Path.Combine(Folder, (string)file)), told);
        return [.. told.SelectMany(s => s.History)];
    }

    private static List<string> Run(IEnumerable<string> lines, List<Story> told)
    {
        List<string> result = [];
        var story = new Story();
        var observers = new Observers(story);
        foreach (var raw in lines)
        {
            var line = raw.Split(Arrow.TrimEnd())[0].TrimEnd();
            if (line.StartsWith("==", StringComparison.Ordinal))
            {
                told.Add(story = new Story());
                observers = new Observers(story);
            }
            var silent = line.Length == 0 || line[0] is '#' or '=';
            result.Add(silent ? line : $"{line,-44}{Arrow}{observers.Tell(line)}");
        }
        return result;
    }

    private static string SourceFolder()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at!.FullName, "Ledger.sln"))) at = at.Parent;
        return Path.Combine(at.FullName, "tests", "Ledger.Tests", "Rules", "Scripts");
    }
}
