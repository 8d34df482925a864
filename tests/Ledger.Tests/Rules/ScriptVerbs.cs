using System.Globalization;
using Ledger.Model;

namespace Ledger.Tests.Rules;

/// <summary>The words of a script's line, read one by one: <c>A starts Bridge under CLI contained bound 500</c>.</summary>
internal sealed class Words(string line, Func<string, long> position)
{
    private readonly Queue<string> words = new(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    public string Next() => words.Dequeue();

    public bool Skip(string word)
    {
        if (words.Count == 0 || words.Peek() != word) return false;
        words.Dequeue();
        return true;
    }

    public string? After(string word) => Skip(word) ? Next() : null;

    public long? NumberAfter(string word) => After(word) is { } n ? long.Parse(n, CultureInfo.InvariantCulture) : null;

    public string? Rest()
    {
        var rest = string.Join(' ', words);
        words.Clear();
        return rest.Length == 0 ? null : rest;
    }

    /// <summary>A call by its name, or <c>name@position</c> where a late entry is meant.</summary>
    public (string Id, long Token) Call()
    {
        var word = Next();
        var at = word.IndexOf('@', StringComparison.Ordinal);
        return at < 0 ? (word, position(word)) : (word[..at], long.Parse(word[(at + 1)..], CultureInfo.InvariantCulture));
    }
}

/// <summary>The verbs of a script, one per type of entry.</summary>
internal static class ScriptVerbs
{
    public static EntryData Data(string verb, Words w, long read) => verb switch
    {
        "creates" => new OperationCreated("op", (int)(w.NumberAfter("version") ?? 1), Place(w), null),
        "joins" => new ParticipantJoined(Place(w)),
        "leaves" => new ParticipantLeft(w.Skip("failed"), w.Rest()),
        "handsOver" => new InitiatorChanged(Incarnation(w.Next())),
        "starts" => Start(w),
        "ends" => Of(w, (id, token) => new CallEnded(id, token)),
        "fails" => Of(w, (id, token) => new CallFailed(id, token, w.Rest())),
        "registers" => On(w, (path, id, token) => new ResourceRegistered(id, token, File(path))),
        "releases" => On(w, (path, id, token) => new ResourceReleased(id, token, path)),
        "accuses" => Accusation(w, read),
        "supervises" => new SupervisorRegistered(w.Next(), w.NumberAfter("grace") ?? 0, w.NumberAfter("bound") ?? 1000),
        "buries" => Burial(w, read),
        "confirms" => Of(w, (id, token) => new CrashNotified(id, token, w.After("for") ?? "S", w.After("error"), false, false)),
        "cleans" => Cleaning(w),
        "removes" => Of(w, (id, token) => new FrameRemoved(id, token, w.After("error"), Left(w, id))),
        "aborts" => new AbortRequested(w.Rest()),
        "completes" => new CompleteRequested(),
        "abandons" => new OperationAbandoned(w.Rest()),
        _ => throw new InvalidOperationException($"no such verb: {verb}"),
    };

    /// <summary><c>A</c> is A's first incarnation, <c>A2</c> its second.</summary>
    public static string Incarnation(string who) => char.IsAsciiDigit(who[^1]) ? who : who + "1";

    public static string Participant(string who) => who.TrimEnd("0123456789".ToCharArray());

    public static Resource File(string path) => new(ResourceKind.File, path);

    public static ProcessIdentity ProcessOn(string host) => new(host, "boot-" + host, "pid", "mnt", "1000", 1, "1");

    private static ProcessIdentity Place(Words w) => ProcessOn(w.After("on") ?? "here");

    private static EntryData Of(Words w, Func<string, long, EntryData> make)
    {
        var (id, token) = w.Call();
        return make(id, token);
    }

    private static EntryData On(Words w, Func<string, string, long, EntryData> make)
    {
        var path = w.Next();
        w.Skip("on");
        var (id, token) = w.Call();
        return make(path, id, token);
    }

    private static CallStarted Start(Words w)
    {
        var id = w.Next();
        long? caller = w.Skip("under") ? w.Call().Token : null;
        var contained = w.Skip("contained");
        var supervisor = w.After("sup")?.Split('/');
        return new CallStarted(id, caller)
        {
            FailOnCrash = !contained,
            SupervisorId = supervisor?[0],
            SupervisorHandle = supervisor is { Length: > 1 } ? supervisor[1] : null,
            CleanupBoundMs = w.NumberAfter("bound") ?? 0,
            WatchdogMs = w.NumberAfter("watchdog"),
            Resources = w.After("with") is { } path ? [File(path)] : [],
        };
    }

    private static CrashDetected Accusation(Words w, long read)
    {
        var who = w.Next();
        var evidence = Evidence(w);
        List<(string Id, long Token)> calls = [];
        while (w.Skip("of")) calls.Add(w.Call());
        return new CrashDetected(Participant(who), Incarnation(who), evidence, 5000, w.NumberAfter("read") ?? read,
            [.. calls.Select(c => c.Id)], [.. calls.Select(c => c.Token)]);
    }

    private static SupervisorDied Burial(Words w, long read)
    {
        var id = w.Next();
        w.Skip("of");
        var who = w.Next();
        var evidence = Evidence(w);
        long? token = w.Skip("with") ? w.Call().Token : null;
        return new SupervisorDied(id, Incarnation(who), evidence, 5000, w.NumberAfter("read") ?? read, token);
    }

    private static EvidenceType Evidence(Words w) => w.Next() switch
    {
        "exited" => EvidenceType.ProcessExited,
        "stale" => EvidenceType.HeartbeatStale,
        "hung" => EvidenceType.WatchdogExpired,
        "overdue" => EvidenceType.CleanupOverdue,
        var other => throw new InvalidOperationException($"no such evidence: {other}"),
    };

    private static EntryData Cleaning(Words w) => Of(w, (id, token) =>
    {
        var rule = (int)(w.NumberAfter("rule") ?? 2);
        var supervisor = w.After("by") is { } who ? Incarnation(who) : null;
        return new FrameCleanedUp(id, token, rule, supervisor, Left(w, id));
    });

    private static System.Collections.Immutable.ImmutableArray<LeftBehind> Left(Words w, string call) =>
        w.After("left") is { } path ? [new LeftBehind(call, File(path), "busy", "?")] : [];

}
