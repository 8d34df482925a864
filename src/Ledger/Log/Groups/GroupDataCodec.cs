using Ledger.Model;
using Ledger.Model.Groups;
using Newtonsoft.Json;

namespace Ledger.Log.Groups;

/// <summary>The <c>data</c> of each type of a group's entries, to JSON and back; field names are a contract.</summary>
internal static class GroupDataCodec
{
    /// <summary>Writes the fields of <paramref name="data"/> into an object that is already open.</summary>
    public static void Write(JsonWriter w, GroupEntryData data)
    {
        if (data is OrchestratorEntry o) w.Field("term", o.Term);
        if (data is RunEntry r) w.Field("supervisorId", r.SupervisorId).Field("run", r.Run);
        if (data is CommandEntry c) w.Field("commandId", c.CommandId);
        switch (data)
        {
            case MemberJoined d:
                w.Field("process", d.Process).Field("canOrchestrate", d.CanOrchestrate).Field("canSpawn", d.CanSpawn)
                    .Field("readTo", d.ReadTo).Field("runId", d.RunId).Field("inviteId", d.InviteId).Field("proof", d.Proof);
                break;
            case MemberDraining d: w.Field("reason", d.Reason); break;
            case MemberLeft d: w.Field("reason", d.Reason); break;
            case MemberCrashed d:
                w.Field("participantId", d.ParticipantId).Field("incarnation", d.Accused)
                    .Field("evidence", Wire.Name(d.Evidence)).Field("staleForMs", d.StaleForMs).Field("readTo", d.ReadTo);
                break;
            case MemberRemoved d: w.Field("incarnation", d.Removed).Field("reason", d.Reason); break;
            case OrchestratorTakenOver d:
                w.Field("expectedTerm", d.ExpectedTerm).Field("keepStartInfos", d.KeepStartInfos);
                break;
            case OrphansFound d: w.Field("count", d.Count).Field("details", d.Details); break;
            case Invited d:
                w.Field("inviteId", d.InviteId).Field("participantId", d.ParticipantId).Field("tokenHash", d.TokenHash);
                break;
            case InvitationCancelled d: w.Field("inviteId", d.InviteId); break;
            case InvitationExpired d: w.Field("inviteId", d.InviteId); break;
            case BarrierOpened d: w.Field("barrierId", d.BarrierId); break;
            case BarrierReached d: w.Field("barrierId", d.BarrierId); break;
            case SegmentSealed d: w.Field("segment", d.Segment); break;
            default: WriteMore(w, data); break;
        }
    }

    private static void WriteMore(JsonWriter w, GroupEntryData data)
    {
        switch (data)
        {
            case GroupSupervisorRegistered d:
                w.Field("supervisorId", d.SupervisorId).Field("runsItself", d.RunsItself).Field("settings", d.Settings);
                break;
            case SupervisorUnregistered d: w.Field("supervisorId", d.SupervisorId); break;
            case StartReserved d:
                w.Field("supervisorId", d.SupervisorId).Field("attempt", d.Attempt).Field("executor", d.Executor)
                    .Field("tokenHash", d.TokenHash);
                break;
            case StartTaken d: w.Field("tokenHash", d.TokenHash); break;
            case SupervisorActivated d: w.Field("program", d.Program).Field("proof", d.Proof); break;
            case SupervisorFailed d: w.Field("step", d.Step).Field("reason", d.Reason); break;
            case StartTimedOut d: w.Field("supervisorId", d.SupervisorId).Field("run", d.Run); break;
            case ResourcesHeld d: w.List("reasons", d.Reasons, (x, reason) => x.WriteValue(reason)); break;
            case SupervisorGivenUp d:
                w.Field("supervisorId", d.SupervisorId).Field("run", d.Run).Field("reason", d.Reason);
                break;
            case AttemptsReset d: w.Field("supervisorId", d.SupervisorId).Field("run", d.Run); break;
            case StopRequested d: w.Field("supervisorId", d.SupervisorId).Field("registeredAt", d.RegisteredAt); break;
            case SupervisorStopped d: w.Field("reason", d.Reason); break;
            case SupervisorAdopted d: w.Field("supervisorId", d.SupervisorId).Field("run", d.Run); break;
            case CommandSent d:
                w.Field("to", d.To).Field("name", d.Name).Field("arguments", d.Arguments).Field("deadlineMs", d.DeadlineMs);
                break;
            case CommandDone d: w.Field("result", d.Result); break;
            case CommandFailed d: w.Field("reason", d.Reason); break;
            case CommandRefused d: w.Field("reason", d.Reason); break;
        }
    }

    /// <summary>Reads the data of an entry type. Throws <see cref="FormatException"/> with the reason.</summary>
    public static GroupEntryData Read(GroupEntryType type, JsonFields f) => type switch
    {
        GroupEntryType.MemberJoined => new MemberJoined(ValueCodec.Process(f.Object("process")), f.Flag("canOrchestrate"),
            f.Flag("canSpawn"), f.Number("readTo"), f.OptionalText("runId"), f.OptionalId("inviteId"), f.OptionalText("proof")),
        GroupEntryType.MemberDraining => new MemberDraining(f.OptionalText("reason")),
        GroupEntryType.MemberLeft => new MemberLeft(f.OptionalText("reason")),
        GroupEntryType.MemberCrashed => new MemberCrashed(f.Id("participantId"), f.Text("incarnation"),
            f.Name<EvidenceType>("evidence"), f.Number("staleForMs"), f.Number("readTo")),
        GroupEntryType.MemberRemoved => new MemberRemoved(f.Number("term"), f.Text("incarnation"), f.OptionalText("reason")),
        GroupEntryType.OrchestratorTakenOver => new OrchestratorTakenOver(f.Number("expectedTerm"), f.Flag("keepStartInfos")),
        GroupEntryType.OrchestratorReady => new OrchestratorReady(f.Number("term")),
        GroupEntryType.OrchestratorStopping => new OrchestratorStopping(f.Number("term")),
        GroupEntryType.OrchestratorStopped => new OrchestratorStopped(f.Number("term")),
        GroupEntryType.OrphansFound => new OrphansFound(f.Int("count"), f.OptionalText("details")),
        GroupEntryType.Invited => new Invited(f.Id("inviteId"), f.Id("participantId"), f.Text("tokenHash")),
        GroupEntryType.InvitationCancelled => new InvitationCancelled(f.Id("inviteId")),
        GroupEntryType.InvitationExpired => new InvitationExpired(f.Id("inviteId")),
        GroupEntryType.BarrierOpened => new BarrierOpened(f.Id("barrierId")),
        GroupEntryType.BarrierReached => new BarrierReached(f.Id("barrierId")),
        GroupEntryType.SegmentSealed => new SegmentSealed(f.Number("segment")),
        GroupEntryType.CommandSent => new CommandSent(f.Id("commandId"), f.Text("to"), f.Text("name"),
            f.OptionalText("arguments"), f.Duration("deadlineMs")),
        GroupEntryType.CommandTaken => new CommandTaken(f.Id("commandId")),
        GroupEntryType.CommandDone => new CommandDone(f.Id("commandId"), f.OptionalText("result")),
        GroupEntryType.CommandFailed => new CommandFailed(f.Id("commandId"), f.Text("reason")),
        GroupEntryType.CommandRefused => new CommandRefused(f.Id("commandId"), f.Text("reason")),
        GroupEntryType.CommandExpired => new CommandExpired(f.Id("commandId")),
        _ => ReadSupervisor(type, f),
    };

    private static GroupEntryData ReadSupervisor(GroupEntryType type, JsonFields f)
    {
        if (type == GroupEntryType.StopRequested)
            return new StopRequested(f.OptionalId("supervisorId"), f.OptionalNumber("registeredAt"));
        var id = f.Id("supervisorId");
        return type switch
        {
            GroupEntryType.SupervisorRegistered =>
                new GroupSupervisorRegistered(id, SettingsCodec.Settings(f.Object("settings")), f.Flag("runsItself")),
            GroupEntryType.SupervisorUnregistered => new SupervisorUnregistered(id),
            GroupEntryType.StartReserved => new StartReserved(
                f.Number("term"), id, f.Int("attempt"), f.Text("executor"), f.OptionalText("tokenHash")),
            GroupEntryType.StartTaken => new StartTaken(id, f.Number("run"), f.Text("tokenHash")),
            GroupEntryType.SupervisorActivated => new SupervisorActivated(
                id, f.Number("run"), SettingsCodec.Program(f.OptionalObject("program")), f.OptionalText("proof")),
            GroupEntryType.SupervisorFailed => new SupervisorFailed(id, f.Number("run"), f.Text("step"), f.Text("reason")),
            GroupEntryType.StartTimedOut => new StartTimedOut(f.Number("term"), id, f.Number("run")),
            GroupEntryType.ResourcesHeld => new ResourcesHeld(id, f.Number("run"), f.List<string>("reasons")),
            GroupEntryType.SupervisorGivenUp => new SupervisorGivenUp(f.Number("term"), id, f.Number("run"), f.Text("reason")),
            GroupEntryType.AttemptsReset => new AttemptsReset(f.Number("term"), id, f.Number("run")),
            GroupEntryType.SupervisorStopped => new SupervisorStopped(id, f.Number("run"), f.OptionalText("reason")),
            GroupEntryType.SupervisorAdopted => new SupervisorAdopted(f.Number("term"), id, f.Number("run")),
            _ => throw new FormatException($"unknown type {type}"),
        };
    }
}
