using System.Collections.Immutable;
using System.Globalization;
using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Rules.Groups;

namespace Ledger.Tests.Rules.Groups;

/// <summary>The verbs of a group's script, one per type of entry. Term and run are the present ones unless said.</summary>
internal static class GroupVerbs
{
    public static GroupEntryData Data(string verb, Words w, GroupState s) => verb switch
    {
        "joins" => Join(w, s),
        "drains" => new MemberDraining(w.Rest()),
        "leaves" => new MemberLeft(w.Rest()),
        "accuses" => Accusation(w, s),
        "removes" => new MemberRemoved(Term(w, s), ScriptVerbs.Incarnation(w.Next()), null),
        "takesOver" => new OrchestratorTakenOver(Term(w, s), w.Skip("keeping")),
        "isReady" => new OrchestratorReady(Term(w, s)),
        "stopsWork" => new OrchestratorStopping(Term(w, s)),
        "hasStopped" => new OrchestratorStopped(Term(w, s)),
        "finds" => new OrphansFound(int.Parse(w.Next(), CultureInfo.InvariantCulture), null),
        "registers" => Registration(w),
        "unregisters" => new SupervisorUnregistered(w.Next()),
        "reserves" => Reservation(w, s),
        "takesUp" => OfRun(w, s, (id, run) => new StartTaken(id, run, Double(w.After("token") ?? "t"))),
        "activates" => OfRun(w, s, (id, run) =>
            new SupervisorActivated(id, run, new ProgramIdentity(1, "1", 1), w.After("token") is { } t ? Invitations.Hash(t) : null)),
        "fails" => OfRun(w, s, (id, run) => new SupervisorFailed(id, run, w.After("at") ?? "run", w.Rest() ?? "exit code 1")),
        "timesOut" => OfRun(w, s, (id, run) => new StartTimedOut(Term(w, s), id, run)),
        "isHeld" => OfRun(w, s, (id, run) => new ResourcesHeld(id, run, [w.Rest() ?? "port 7001 held by pid 4711"])),
        "givesUp" => OfRun(w, s, (id, run) => new SupervisorGivenUp(Term(w, s), id, run, "nobody can")),
        "resets" => OfRun(w, s, (id, run) => new AttemptsReset(Term(w, s), id, run)),
        "asksToStop" => new StopRequested(w.Skip("all") ? null : w.Next(), w.NumberAfter("registeredAt")),
        "stopped" => OfRun(w, s, (id, run) => new SupervisorStopped(id, run, null)),
        "adopts" => OfRun(w, s, (id, run) => new SupervisorAdopted(Term(w, s), id, run)),
        "invites" => new Invited(w.Next(), w.Next(), Double(w.After("token") ?? "t")),
        "cancels" => new InvitationCancelled(w.Next()),
        "expiresInvitation" => new InvitationExpired(w.Next()),
        "sends" => new CommandSent(w.Next(), ScriptVerbs.Incarnation(w.Next()), "work", w.After("with"), 1000),
        "takes" => new CommandTaken(w.Next()),
        "did" => new CommandDone(w.Next(), w.Rest()),
        "couldNot" => new CommandFailed(w.Next(), w.Rest() ?? "broke"),
        "refuses" => new CommandRefused(w.Next(), w.Rest() ?? "no such command"),
        "expires" => new CommandExpired(w.Next()),
        "opens" => new BarrierOpened(w.Next()),
        "reaches" => new BarrierReached(w.Next()),
        "seals" => new SegmentSealed(w.NumberAfter("segment") ?? s.Segment),
        _ => throw new InvalidOperationException($"no such verb: {verb}"),
    };

    public static string Double(string token) => Invitations.Hash(Invitations.Hash(token));

    public static SupervisorSettings Restartable(params string[] dependencies) => new()
    {
        StartInfo = new StartInfo("run", [], null, [], null, RestartPolicy.Default),
        Dependencies = [.. dependencies],
    };

    private static long Term(Words w, GroupState s) => w.NumberAfter("term") ?? s.Term;

    private static GroupEntryData OfRun(Words w, GroupState s, Func<string, long, GroupEntryData> make)
    {
        var id = w.Next();
        return make(id, w.NumberAfter("run") ?? s.Supervisors.GetValueOrDefault(id)?.Run ?? 0);
    }

    private static MemberJoined Join(Words w, GroupState s)
    {
        // Each incarnation is a process of its own: those of one place differ in when they began.
        var process = ScriptVerbs.ProcessOn(w.After("on") ?? "here") with { StartToken = $"{s.Position}" };
        var plain = w.Skip("plain");
        var read = w.NumberAfter("read") ?? s.Position;
        var invitation = w.After("invited");
        var proof = w.After("token") is { } t ? Invitations.Hash(t) : null;
        return new MemberJoined(process, !plain, !plain, read, null, invitation, proof);
    }

    private static MemberCrashed Accusation(Words w, GroupState s)
    {
        var who = w.Next();
        var evidence = w.Next() switch
        {
            "exited" => EvidenceType.ProcessExited,
            "stale" => EvidenceType.HeartbeatStale,
            _ => EvidenceType.WatchdogExpired,
        };
        return new MemberCrashed(
            ScriptVerbs.Participant(who), ScriptVerbs.Incarnation(who), evidence, 5000, w.NumberAfter("read") ?? s.Position);
    }

    private static GroupSupervisorRegistered Registration(Words w)
    {
        var id = w.Next();
        var spawned = w.Skip("spawned");
        var settings = w.Skip("self") ? new SupervisorSettings() : Restartable();
        if (w.Skip("keep")) settings = settings with { OnLoss = LossPolicy.Keep };
        if (w.After("mode") is { } mode && Wire.TryParse<SupervisorMode>(mode, out var m)) settings = settings with { Mode = m };
        if (w.NumberAfter("restarts") is { } n)
            settings = settings with
            {
                StartInfo = settings.StartInfo! with { RestartPolicy = RestartPolicy.Default with { MaxAttempts = (int)n } },
            };
        ImmutableArray<string> needs = w.After("needs") is { } list ? [.. list.Split(',')] : [];
        return new GroupSupervisorRegistered(id, settings with { Dependencies = needs }, !spawned);
    }

    private static StartReserved Reservation(Words w, GroupState s)
    {
        var id = w.Next();
        var executor = ScriptVerbs.Incarnation(w.After("for") ?? throw new InvalidOperationException("for whom?"));
        var attempt = w.NumberAfter("attempt") ?? s.Supervisors.GetValueOrDefault(id)?.Attempts ?? 0;
        return new StartReserved(Term(w, s), id, (int)attempt, executor, w.After("token") is { } t ? Double(t) : null);
    }
}
