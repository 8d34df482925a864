using Ledger.Cli.Shared;
using Ledger.Log;
using Ledger.Model;

namespace Ledger.Cli.Rendering;

/// <summary>How alive a member is, as every view shows it.</summary>
internal static class Lives
{
    public static Line Living(this Line line, Life life)
    {
        if (life.Judgement is not { } j) return line;
        var age = j.SilentForMs is { } ms ? $", beat {Durations.Show(TimeSpan.FromMilliseconds(ms))} ago" : "";
        var why = j.Grade == Grade.Alive ? "" : $": {j.Reason}";
        return line.Add("  ").Add($"{Styles.Mark(j.Grade)} {Wire.Name(j.Grade)}", Styles.Of(j.Grade)).Add(why + age, Styles.Faint);
    }
}
