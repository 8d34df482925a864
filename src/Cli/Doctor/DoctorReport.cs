using Ledger.Cli.Rendering;
using Ledger.Cli.Shared;
using Ledger.Log;

namespace Ledger.Cli.Doctor;

/// <summary>Everything that was found about a directory.</summary>
/// <param name="Path">The directory, absolute.</param>
/// <param name="FileSystem">What it lies on.</param>
/// <param name="IsLocal">Known to be a local disk.</param>
/// <param name="Log">The ledger's log; where there is no ledger, the one it would get.</param>
/// <param name="IsLedger">There is a ledger already.</param>
/// <param name="Checks">In the order they were made.</param>
internal sealed record DoctorReport(
    string Path, string FileSystem, bool IsLocal, string Log, bool IsLedger, IReadOnlyList<Check> Checks)
{
    public bool Ok => Checks.All(c => c.Ok);

    /// <summary>Whether and how it can be shared, in one line.</summary>
    public string Verdict
    {
        get
        {
            if (Checks.FirstOrDefault(c => !c.Ok) is { } fault) return $"No, not as it is ({fault.Name}): {fault.Detail}";
            if (!IsLocal)
                return $"Yes: by every machine that mounts this drive ({Log} log). Run 'ledger doctor' on each of them, too.";
            return Log == "append"
                ? "Yes: by all processes of this machine (append log). For several machines make a ledger on a network drive."
                : $"Yes: by all processes of this machine, and of those that mount this directory over the network ({Log} log).";
        }
    }

    /// <summary>The contract's object.</summary>
    public string Json() => JsonLines.Object(w =>
    {
        w.Field("path", Path).Field("fileSystem", FileSystem).Field("log", Log);
        w.List("checks", Checks, (x, check) =>
        {
            x.WriteStartObject();
            x.Field("name", check.Name).Field("ok", check.Ok).Field("detail", check.Detail);
            x.WriteEndObject();
        });
    });

    /// <summary>One screen for people.</summary>
    public IEnumerable<Line> Lines()
    {
        yield return new Line().Add(Texts.OneLine(Path), Styles.Strong).Then($"{FileSystem}, {(IsLedger ? "a ledger with" : "no ledger yet; would get")} the {Log} log", Styles.Faint);
        var width = Checks.Max(c => c.Name.Length);
        foreach (var check in Checks)
        {
            yield return new Line().Add(check.Ok ? "  ok  " : "  NO  ", check.Ok ? Styles.Good : Styles.Bad)
                .Add(check.Name.PadRight(width)).Then(Texts.OneLine(check.Detail), check.Ok ? Styles.Faint : "");
        }
        yield return new Line().Add(Texts.OneLine(Verdict), Ok ? Styles.Good : Styles.Bad);
        if (Ok && !IsLedger)
            yield return new Line().Add($"Make it one: ledger run --ledger {Texts.OneLine(Path)} -- COMMAND", Styles.Faint);
    }
}
