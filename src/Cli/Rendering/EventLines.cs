using System.Globalization;
using Ledger.Cli.Shared;
using Ledger.Log;
using Ledger.Model;

namespace Ledger.Cli.Rendering;

/// <summary>Entries as lines, in order: for people with the time, how long after the first, who, what, and what came of
/// it; for machines as JSON.</summary>
internal sealed class EventLines
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    private readonly Dictionary<string, string> names = new(StringComparer.Ordinal);
    private readonly TimeZoneInfo zone;
    private DateTimeOffset? first;
    private int width = 8;

    public EventLines(TimeZoneInfo? zone = null) => this.zone = zone ?? TimeZoneInfo.Local;

    /// <summary>The contract's object.</summary>
    public static string Json(StateChange c) => JsonLines.Text(w => EntryJson.Write(w, c.Entry, c.Position,
        c.Outcome.Rejection, c.State.Status, c.Outcome.Removed, c.Outcome.Cancelled, c.Outcome.Crashed));

    /// <summary>The contract's object with the operation's id in front, for a stream of several operations.</summary>
    public static string JsonWithOperation(StateChange c) =>
        JsonLines.Object(w => w.Field("operationId", c.State.OperationId))[..^1] + "," + Json(c)[1..];

    /// <summary>Must be asked once for each entry, in order.</summary>
    public Line Next(StateChange c)
    {
        var entry = c.Entry;
        names[entry.Incarnation] = entry.ParticipantId;
        width = Math.Max(width, Math.Min(entry.ParticipantId.Length, 24));
        var line = new Line().Add(Time(entry.Timestamp), Styles.Faint).Add("  ")
            .Add(entry.ParticipantId.PadRight(width), Styles.Name).Add("  ")
            .Add(EventText.Describe(entry, NameOf), StyleOf(c));
        if (c.Outcome.Rejection is { } rejection)
            return line.Add($" — rejected: {Texts.OneLine(rejection)}", Styles.Faint);
        foreach (var consequence in EventText.Consequences(c)) line.Add("; " + consequence, Styles.Faint);
        foreach (var status in c.Outcome.Transitions.Where(_ => entry.Data is not OperationCreated))
            line.Add(" → ").Add(Wire.Name(status), Styles.Of(status));
        return line;
    }

    private string NameOf(string incarnation) => names.GetValueOrDefault(incarnation, Texts.Short(incarnation, 12));

    private string Time(string timestamp)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (!DateTimeOffset.TryParseExact(timestamp, Format, CultureInfo.InvariantCulture, Utc, out var at))
            return Texts.Short(timestamp, 24).PadRight(24);
        first ??= at;
        var local = TimeZoneInfo.ConvertTime(at, zone);
        var since = (at - first.Value).TotalSeconds;
        return string.Create(CultureInfo.InvariantCulture, $"{local:HH:mm:ss.fff} {since,10:+0.000;-0.000}s");
    }

    private static string StyleOf(StateChange c) => c.Outcome.Rejection is not null ? Styles.Faint : c.Entry.Data switch
    {
        CrashDetected or CallFailed or SupervisorDied or OperationAbandoned => Styles.Bad,
        AbortRequested => Styles.Warning,
        FrameCleanedUp or FrameRemoved or CompleteRequested => Styles.Good,
        _ => "",
    };
}
