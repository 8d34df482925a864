using System.Collections.Immutable;
using System.Globalization;
using Ledger.Model;
using Ledger.Rules;

namespace Ledger.Tests.Rules;

/// <summary>Those who watch a story, on one clock, with one opinion on who lives, each with timers of its own. Everybody
/// sees every line at once. The threshold is 1,000 ms, the interval 200.</summary>
internal sealed class Observers(Story story)
{
    private readonly Dictionary<string, Judgement> verdicts = [];
    private readonly Dictionary<long, long> hung = [];
    private readonly Dictionary<string, Timers> timers = [];
    private readonly Dictionary<string, ProcessIdentity> places = [];
    private readonly HashSet<string> roles = [];
    private long nowMs;

    /// <summary>Understands <c>wait 500</c>, <c>verdict B exited</c>, <c>hung Work 900</c>, <c>X looks [on host] [as S]</c>
    /// and <c>A plans</c>; the story understands the rest.</summary>
    public string Tell(string line)
    {
        var words = line.Split(' ');
        var answer = words switch
        {
            ["wait", var ms] => Wait(long.Parse(ms, CultureInfo.InvariantCulture)),
            ["verdict", var who, var verdict] => Decide(ScriptVerbs.Incarnation(who), verdict),
            ["hung", var call, var ms] => Hang(call, long.Parse(ms, CultureInfo.InvariantCulture)),
            [var who, "looks", .. var how] => Look(ScriptVerbs.Incarnation(who), how),
            [var who, "plans"] => Plan(ScriptVerbs.Incarnation(who)),
            _ => story.Tell(line),
        };
        if (story.State is { } s)
        {
            foreach (var m in s.Members.Values) places.TryAdd(m.Incarnation, m.Process);
            foreach (var who in places.Keys) timers[who] = timers.GetValueOrDefault(who, Timers.Empty).Next(s, nowMs);
        }
        return answer;
    }

    private string Wait(long ms)
    {
        nowMs += ms;
        return "ok";
    }

    private string Hang(string call, long ms)
    {
        hung[story.Position(call)] = ms;
        return "ok";
    }

    private string Look(string who, string[] how)
    {
        places[who] = ScriptVerbs.ProcessOn(how is ["on", var host, ..] ? host : "here");
        if (how is [.., "as", var role]) roles.Add(role);
        return "ok";
    }

    private string Decide(string who, string verdict)
    {
        verdicts[who] = verdict switch
        {
            "exited" => new Judgement(Grade.Dead, "gone", 0, EvidenceType.ProcessExited),
            "stale" => new Judgement(Grade.Dead, "silent", 1234, EvidenceType.HeartbeatStale),
            "suspect" => new Judgement(Grade.Suspect, "silent", 600),
            "unknown" => Judgement.Unseen,
            _ => new Judgement(Grade.Alive, "beats", 0),
        };
        return "ok";
    }

    private string Plan(string who)
    {
        var steps = Ledger.Rules.Plan.For(story.Now, new Observation
        {
            Self = who,
            Process = places[who],
            NowMs = nowMs,
            ThresholdMs = 1000,
            IntervalMs = 200,
            Liveness = verdicts.ToImmutableSortedDictionary(StringComparer.Ordinal),
            Hung = hung,
            Supervises = roles,
            Timers = timers[who],
        });
        return steps.Count == 0 ? "nothing" : string.Join("; ", steps.Select(Text));
    }

    private static string Text(Step step) => step switch
    {
        Propose { Data: CrashDetected d } => $"accuse {d.Accused} {Wire.Name(d.Evidence)} silent {d.StaleForMs} read {d.ReadTo}"
            + $" of [{string.Join(' ', d.CallIds.Zip(d.FencingTokens, (id, token) => $"{id}@{token}"))}]",
        Propose { Data: SupervisorDied d } => $"bury {d.SupervisorId} of {d.Incarnation} {Wire.Name(d.Evidence)}"
            + $" silent {d.StaleForMs} read {d.ReadTo}{(d.Token is { } token ? $" for {token}" : "")}",
        Propose { Data: OperationAbandoned } => "abandon",
        CleanOwn c => $"clean own {c.Frame.CallId}",
        CleanCrashed c => $"clean {c.Frame.CallId} rule {c.Rule}{(c.Supervisor is { } s ? " by " + s : "")}{Here(c.Here)}",
        NotifySupervisor n => $"notify {n.Notice.Handle}{(n.Frame is null ? ", already cleaned" : Here(n.Here))}",
        Archive => "archive",
        _ => step.ToString(),
    };

    private static string Here(bool here) => here ? "" : ", out of reach";
}
