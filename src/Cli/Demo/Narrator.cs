using System.Globalization;
using Ledger.Cli.Rendering;
using Ledger.Cli.Shared;
using Ledger.Log;
using Ledger.Model;
using Spectre.Console;

namespace Ledger.Cli.Demo;

/// <summary>Tells what happens, with the time since the beginning: a line for people, an object for machines.
/// Thread-safe.</summary>
internal sealed class Narrator(Invocation invocation)
{
    private readonly Lock gate = new();
    private readonly long begin = TimeProvider.System.GetTimestamp();
    private string stackShown = "";

    public void Title(string title)
    {
        if (invocation.Json) return;
        Write(new Line().Add(title, Styles.Strong));
        Write(new Line());
    }

    /// <summary>Something that happened to, or was done by, somebody.</summary>
    public void Say(string who, string kind, string text, string style = "")
    {
        lock (gate)
        {
            if (invocation.Json)
            {
                invocation.Output.Line(JsonLines.Object(w =>
                {
                    w.Nullable("atMs", AtMs());
                    w.Field("event", kind).Field("who", who).Field("text", text);
                }));
                return;
            }
            Write(Begin(who).Add(text, style));
        }
    }

    /// <summary>An entry of the operation's log, and the stack where it changed.</summary>
    public void Entry(StateChange change, Func<string, string> nameOf)
    {
        lock (gate)
        {
            if (invocation.Json)
            {
                invocation.Output.Line(JsonLines.Object(w =>
                {
                    w.Nullable("atMs", AtMs());
                    w.Field("event", "entry").Field("who", change.Entry.ParticipantId).Field("text", EventText.Describe(change.Entry, nameOf));
                    w.Field("type", Wire.Name(change.Type)).Nullable("reason", change.Outcome.Rejection).Field("state", Wire.Name(change.State.Status))
                        .List("stack", change.State.Stack.Values, (x, f) => x.WriteValue($"{f.ParticipantId}:{Wire.Name(f.Status)}"));
                }));
                return;
            }
            // That several propose the same and one is heard is the ordinary case; it would only drown the story.
            if (!change.Outcome.Accepted) return;
            var line = Begin(change.Entry.ParticipantId).Add(EventText.Describe(change.Entry, nameOf), StyleOf(change));
            foreach (var status in change.Outcome.Transitions.Where(_ => change.Entry.Data is not OperationCreated))
                line.Add(" → ").Add(Wire.Name(status), Styles.Of(status));
            Write(line);
            Stack(change.State);
        }
    }

    public void Result(DemoScenario scenario, IReadOnlyList<string> faults, IReadOnlyDictionary<string, double> figures)
    {
        if (invocation.Json)
        {
            invocation.Output.Line(JsonLines.Object(w =>
            {
                w.Nullable("atMs", AtMs());
                w.Field("event", "result").Field("scenario", scenario.Name).Field("ok", faults.Count == 0)
                    .List("faults", faults, (x, f) => x.WriteValue(f));
                w.WritePropertyName("figuresMs");
                w.WriteStartObject();
                foreach (var (name, ms) in figures) w.Nullable(name, Math.Round(ms, 3));
                w.WriteEndObject();
            }));
            return;
        }
        Write(new Line());
        foreach (var (name, ms) in figures)
            Write(new Line().Add($"  {name.PadRight(30)}", Styles.Faint).Add(Milliseconds(ms), Styles.Strong));
        foreach (var fault in faults) Write(new Line().Add("  ✗ ", Styles.Bad).Add(fault));
        Write(faults.Count == 0
            ? new Line().Add("  ✔ ", Styles.Good).Add(scenario.Moral)
            : new Line().Add("  This is not how it must end.", Styles.Bad));
    }

    private void Stack(OperationState state)
    {
        var text = string.Join(" ▸ ", state.Stack.Values.Select(f => f.ParticipantId + f.Status switch
        {
            FrameStatus.Crashed => " ✗",
            FrameStatus.CleanedUp => " (cleaned up)",
            _ => f.Cancelled ? " (cancelled)" : "",
        }));
        if (text == stackShown) return;
        stackShown = text;
        Write(new Line().Add(new string(' ', 20)).Add(text.Length == 0 ? "(the stack is empty)" : text, Styles.Faint));
    }

    private Line Begin(string who) => new Line()
        .Add(string.Create(CultureInfo.InvariantCulture, $"{"+" + (AtMs() / 1000).ToString("0.000", CultureInfo.InvariantCulture) + "s",9}"), Styles.Faint)
        .Add("  ").Add(who.PadRight(8), Styles.Name).Add(" ");

    private double AtMs() => Math.Round(TimeProvider.System.GetElapsedTime(begin).TotalMilliseconds, 1);

    private void Write(Line line)
    {
        if (invocation.IsTerminal) invocation.Output.Console.MarkupLine(line.MarkupText);
        else invocation.Output.Line(line.Plain);
    }

    private static string Milliseconds(double ms) =>
        ms.ToString(ms < 100 ? "0.0" : "0", CultureInfo.InvariantCulture) + " ms";

    private static string StyleOf(StateChange change) => change.Entry.Data switch
    {
        CrashDetected => Styles.Bad,
        AbortRequested => Styles.Warning,
        FrameCleanedUp or FrameRemoved or CompleteRequested => Styles.Good,
        _ => "",
    };
}
