using System.Collections.Immutable;
using System.Text;
using Ledger.Model;
using Ledger.Model.Groups;
using Newtonsoft.Json;

namespace Ledger.Log.Groups;

/// <summary>A group's whole state as lines, each a JSON object that fits into a line of a log: the group's own, then one for
/// each member, supervisor, invitation, command and barrier. Equal states give equal lines. That a segment was sealed is
/// not part of them.</summary>
internal static class GroupStateCodec
{
    /// <summary>The lines, without newlines.</summary>
    public static IReadOnlyList<byte[]> Write(GroupState s) =>
    [
        Line(s, WriteGroup),
        .. s.Members.Values.Select(x => Line(x, WriteMember)),
        .. s.Supervisors.Values.Select(x => Line(x, SupervisorCodec.Write)),
        .. s.Invitations.Values.Select(x => Line(x, WriteInvitation)),
        .. s.Commands.Values.Select(x => Line(x, WriteCommand)),
        .. s.Barriers.Values.Select(x => Line(x, WriteBarrier)),
    ];

    /// <summary>The state from those lines.</summary>
    /// <exception cref="FormatException">They are none.</exception>
    public static GroupState Read(IEnumerable<byte[]> lines)
    {
        GroupState? s = null;
        foreach (var line in lines)
        {
            var f = JsonFields.Parse(line);
            var part = f.Text("part");
            if ((part == "group") != (s is null)) throw new FormatException("the group's own line comes first, and once");
            s = part == "group" ? ReadGroup(f) : ReadPart(s!, part, f);
        }
        return s ?? throw new FormatException("there are no lines");
    }

    private static GroupState ReadPart(GroupState s, string part, JsonFields f)
    {
        switch (part)
        {
            case "member":
                var member = ReadMember(f);
                return s with { Members = Put(s.Members, member.Incarnation, member) };
            case "supervisor":
                var supervisor = SupervisorCodec.Read(f);
                return s with { Supervisors = Put(s.Supervisors, supervisor.SupervisorId, supervisor) };
            case "invitation":
                var invitation = ReadInvitation(f);
                return s with { Invitations = Put(s.Invitations, invitation.InviteId, invitation) };
            case "command":
                var command = ReadCommand(f);
                return s with { Commands = Put(s.Commands, command.CommandId, command) };
            case "barrier":
                var barrier = ReadBarrier(f);
                return s with { Barriers = Put(s.Barriers, barrier.BarrierId, barrier) };
            default:
                throw new FormatException($"unknown part '{part}'");
        }
    }

    private static ImmutableSortedDictionary<string, T> Put<T>(ImmutableSortedDictionary<string, T> all, string key, T value) =>
        all.ContainsKey(key) ? throw new FormatException($"'{key}' stands there twice") : all.Add(key, value);

    private static byte[] Line<T>(T value, Action<JsonWriter, T> write)
    {
        var text = new CharBuffer();
        using var w = new JsonTextWriter(text);
        w.WriteStartObject();
        write(w, value);
        w.WriteEndObject();
        w.Flush();
        var bytes = new byte[Encoding.UTF8.GetByteCount(text.Written)];
        Encoding.UTF8.GetBytes(text.Written, bytes);
        return bytes;
    }

    private static void WriteGroup(JsonWriter w, GroupState s)
    {
        w.Field("part", "group").Field("groupId", s.GroupId).Field("segment", s.Segment).Field("position", s.Position)
            .Field("segmentStart", s.SegmentStart).Field("createdAt", s.CreatedAt).Field("forgottenTo", s.ForgottenTo)
            .Field("orphansFound", s.OrphansFound);
        if (s.Orchestrator is not { } o) return;
        w.Field("term", o.Term).Field("orchestrator", o.Incarnation).Field("orchestratorState", Wire.Name(o.Status));
    }

    private static GroupState ReadGroup(JsonFields f) => new()
    {
        GroupId = f.Id("groupId"),
        Segment = f.Number("segment"),
        Position = f.Number("position"),
        SegmentStart = f.Number("segmentStart"),
        CreatedAt = f.Text("createdAt"),
        ForgottenTo = f.Number("forgottenTo"),
        OrphansFound = f.Number("orphansFound"),
        Orchestrator = f.OptionalNumber("term") is { } term
            ? new Orchestrator(term, f.Text("orchestrator"), f.Name<OrchestratorStatus>("orchestratorState")) : null,
    };

    private static void WriteMember(JsonWriter w, GroupMember m)
    {
        w.Field("part", "member").Field("participantId", m.ParticipantId).Field("incarnation", m.Incarnation)
            .Field("process", m.Process).Field("joinedAt", m.JoinedAt).Field("state", Wire.Name(m.Status))
            .Field("departure", m.Departure is { } d ? Wire.Name(d) : null).Field("leftAt", m.LeftAt)
            .Field("canOrchestrate", m.CanOrchestrate).Field("canSpawn", m.CanSpawn).Field("runId", m.RunId)
            .Field("lastSeq", m.LastSequence).Field("lastPosition", m.LastOutcome.Position)
            .Field("lastRejection", m.LastOutcome.Rejection).Field("lastAccepted", m.LastAccepted);
    }

    private static GroupMember ReadMember(JsonFields f) => new(
        f.Id("participantId"), f.Text("incarnation"), ValueCodec.Process(f.Object("process")), f.Number("joinedAt"))
    {
        Status = f.Name<GroupMemberStatus>("state"),
        Departure = f.OptionalText("departure") is null ? null : f.Name<DepartureReason>("departure"),
        LeftAt = f.Number("leftAt"),
        CanOrchestrate = f.Flag("canOrchestrate"),
        CanSpawn = f.Flag("canSpawn"),
        RunId = f.OptionalText("runId"),
        LastSequence = f.Number("lastSeq"),
        LastOutcome = (f.Number("lastPosition"), f.OptionalText("lastRejection")),
        LastAccepted = f.Number("lastAccepted"),
    };

    private static void WriteInvitation(JsonWriter w, Invitation i) =>
        w.Field("part", "invitation").Field("inviteId", i.InviteId).Field("participantId", i.ParticipantId)
            .Field("tokenHash", i.TokenHash).Field("inviter", i.Inviter).Field("at", i.Position).Field("state", Wire.Name(i.Status));

    private static Invitation ReadInvitation(JsonFields f) => new(
        f.Id("inviteId"), f.Id("participantId"), f.Text("tokenHash"), f.Text("inviter"), f.Number("at"))
    {
        Status = f.Name<InvitationStatus>("state"),
    };

    private static void WriteCommand(JsonWriter w, GroupCommand c) =>
        w.Field("part", "command").Field("commandId", c.CommandId).Field("from", c.From)
            .Field("fromParticipant", c.FromParticipant).Field("to", c.To).Field("name", c.Name).Field("arguments", c.Arguments)
            .Field("deadlineMs", c.DeadlineMs).Field("sentAt", c.SentAt).Field("state", Wire.Name(c.Status))
            .Field("answer", c.Answer).Field("endedAt", c.EndedAt);

    private static GroupCommand ReadCommand(JsonFields f) => new(
        f.Id("commandId"), f.Text("from"), f.Id("fromParticipant"), f.Text("to"), f.Text("name"), f.OptionalText("arguments"),
        f.Duration("deadlineMs"), f.Number("sentAt"))
    {
        Status = f.Name<CommandStatus>("state"),
        Answer = f.OptionalText("answer"),
        EndedAt = f.Number("endedAt"),
    };

    private static void WriteBarrier(JsonWriter w, GroupBarrier b) =>
        w.Field("part", "barrier").Field("barrierId", b.BarrierId).Field("openedAt", b.OpenedAt)
            .List("waiting", b.Waiting, (x, i) => x.WriteValue(i)).List("reached", b.Reached, (x, i) => x.WriteValue(i))
            .Field("completedAt", b.CompletedAt);

    private static GroupBarrier ReadBarrier(JsonFields f) => new(
        f.Id("barrierId"), f.Number("openedAt"), Set(f, "waiting"), Set(f, "reached"))
    {
        CompletedAt = f.Number("completedAt"),
    };

    private static ImmutableSortedSet<string> Set(JsonFields f, string name) =>
        f.List<string>(name).ToImmutableSortedSet(StringComparer.Ordinal);
}
