using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Rules.Groups;

namespace Ledger.Testing.Simulation.Reference;

/// <summary>What a group promises, said a second time, slow and plain: who may be heard, one orchestrator for each term, one
/// outcome for each command, one start for each run; with <see cref="SupervisorModel"/> for the rest. Knows no time, and nothing of
/// the real fold but its answers.</summary>
internal sealed class GroupModel
{
    private readonly Dictionary<string, Member> members = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Command> commands = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> barriers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Invite> invites = new(StringComparer.Ordinal);
    private readonly SupervisorModel supervisors;
    private long term;
    private string? acting;

    public GroupModel() => supervisors = new SupervisorModel(this);

    /// <summary>Who orchestrates, while somebody does.</summary>
    public string? Acting => acting;

    /// <summary>Commands that were ever sent.</summary>
    public IReadOnlyDictionary<string, Command> Commands => commands;

    /// <summary>For each incarnation that was ever a member: how often it joined, drained and left.</summary>
    public IReadOnlyDictionary<string, Member> Members => members;

    /// <summary>Runs whose program was allowed to begin, by supervisor.</summary>
    public HashSet<(string Supervisor, long Run)> Activated { get; } = [];

    /// <summary>Takes the next entry; what the fold answered must be what the model allows.</summary>
    public void Judge(GroupEntry e, GroupOutcome outcome, GroupState after, Action<bool, string> require)
    {
        var refusal = Refusal(e);
        if (refusal is not null) require(!outcome.Accepted, $"{e} was accepted, and {refusal}");
        else if (IsDecidedHere(e.Data)) require(outcome.Accepted, $"{e} was refused ({outcome.Rejection}), and nothing is wrong with it");
        if (members.TryGetValue(e.Incarnation, out var proposer) && e.Sequence > proposer.Sequence) proposer.Sequence = e.Sequence;
        if (outcome.Accepted) Take(e, outcome.Position);
        Compare(e, outcome, require);
        supervisors.Compare(e, after, require);
    }

    /// <summary>Entries whose acceptance the model knows all about.</summary>
    private static bool IsDecidedHere(GroupEntryData data) => data is MemberLeft or MemberDraining or OrchestratorTakenOver
        or CommandTaken or CommandDone or CommandFailed or CommandExpired or CommandRefused or BarrierReached or MemberJoined
        or GroupSupervisorRegistered or SupervisorUnregistered or StopRequested or StartReserved or RunEntry or StartTimedOut
        or SupervisorGivenUp or AttemptsReset or SupervisorAdopted;

    private string? Refusal(GroupEntry e)
    {
        var present = members.GetValueOrDefault(e.Incarnation);
        if (present is null && e.Data is not (MemberJoined or MemberCrashed or Invited or InvitationCancelled or CommandSent
            or CommandExpired or StopRequested)) return "its proposer is no member";
        if (present is { Left: > 0 }) return "its proposer has left";
        if (present is not null && e.Sequence <= present.Sequence) return "it was heard before";
        if (e.Data is OrchestratorEntry o && (o.Term != term || acting != e.Incarnation)) return $"{acting} orchestrates in term {term}";
        return e.Data switch
        {
            MemberJoined d => present is not null ? "it is a member" : RefuseGuest(e, d),
            MemberDraining => present!.Drained > 0 ? "it drains" : null,
            MemberCrashed d => members.GetValueOrDefault(d.Accused) is { Left: 0 } ? null : "the accused is not there",
            OrchestratorTakenOver d => d.ExpectedTerm != term || acting is not null ? $"{acting} orchestrates in term {term}"
                : present is { CanOrchestrate: true, Drained: 0 } ? null : "it may not orchestrate",
            CommandEntry d and not CommandSent => RefuseCommand(e, d),
            CommandSent d => commands.ContainsKey(d.CommandId) ? "it was sent before" : null,
            BarrierOpened d => barriers.ContainsKey(d.BarrierId) ? "it is open, or was" : null,
            BarrierReached d => barriers.TryGetValue(d.BarrierId, out var b) && b.Contains(e.Incarnation) ? null : "nobody waits for it",
            SupervisorActivated d => Activated.Contains((d.SupervisorId, d.Run)) ? "that run was activated before" : null,
            _ => null,
        } ?? supervisors.Refusal(e);
    }

    private string? RefuseGuest(GroupEntry e, MemberJoined d)
    {
        if (d.InviteId is null) return invites.Values.Any(i => i.IsOpen && i.For == e.ParticipantId) ? "its id is reserved" : null;
        if (invites.GetValueOrDefault(d.InviteId) is not { IsOpen: true } invite) return "its invitation is not open";
        return invite.For == e.ParticipantId && d.Proof is not null && Invitations.Hash(d.Proof) == invite.Hash ? null : "it is not the one invited";
    }

    private string? RefuseCommand(GroupEntry e, CommandEntry d)
    {
        if (!commands.TryGetValue(d.CommandId, out var c)) return "there is no such command";
        if (c.Outcomes > 0) return "it has its outcome";
        if (d is CommandExpired) return e.Incarnation == c.From || e.Incarnation == c.To || e.Incarnation == acting ? null : "it is none of its business";
        if (e.Incarnation != c.To) return "it went to another one";
        return d switch
        {
            CommandTaken or CommandRefused => c.IsTaken ? "it is taken" : null,
            _ => c.IsTaken ? null : "it was never taken",
        };
    }

    private void Take(GroupEntry e, long position)
    {
        switch (e.Data)
        {
            case MemberJoined d:
                members[e.Incarnation] = new Member
                {
                    Process = d.Process,
                    CanOrchestrate = d.CanOrchestrate,
                    CanSpawn = d.CanSpawn,
                    Joined = 1,
                    Sequence = e.Sequence,
                };
                if (d.InviteId is not null) invites[d.InviteId].IsOpen = false;
                break;
            case MemberDraining:
                members[e.Incarnation].Drained++;
                Drop(e.Incarnation);
                break;
            case MemberLeft:
                Lose(e.Incarnation);
                break;
            case MemberCrashed d:
                Lose(d.Accused);
                break;
            case MemberRemoved d:
                Lose(d.Removed);
                break;
            case OrchestratorTakenOver:
                (term, acting) = (term + 1, e.Incarnation);
                break;
            case OrchestratorStopped:
                acting = null;
                break;
            case Invited d:
                invites[d.InviteId] = new Invite(d.ParticipantId, d.TokenHash);
                break;
            case InvitationCancelled d:
                invites[d.InviteId].IsOpen = false;
                break;
            case InvitationExpired d:
                invites[d.InviteId].IsOpen = false;
                break;
            case BarrierOpened d:
                barriers[d.BarrierId] = [.. members.Where(m => m.Value is { Left: 0, Drained: 0 }).Select(m => m.Key)];
                break;
            case BarrierReached d:
                barriers[d.BarrierId].Remove(e.Incarnation);
                break;
            case CommandEntry d:
                Take(e, d);
                break;
            case SupervisorActivated d:
                Activated.Add((d.SupervisorId, d.Run));
                break;
        }
        supervisors.Take(e, position);
    }

    private void Take(GroupEntry e, CommandEntry d)
    {
        if (d is CommandSent sent)
        {
            var receiver = members.GetValueOrDefault(sent.To);
            commands[d.CommandId] = new Command(e.Incarnation, sent.To) { Outcomes = receiver is { Left: 0, Drained: 0 } ? 0 : 1 };
            return;
        }
        var command = commands[d.CommandId];
        if (d is CommandTaken) command.IsTaken = true;
        else command.Outcomes++;
    }

    /// <summary>What the fold tells must be what happened, each once.</summary>
    private void Compare(GroupEntry e, GroupOutcome outcome, Action<bool, string> require)
    {
        foreach (var m in outcome.Events.OfType<MembershipChanged>())
        {
            var known = members[m.Incarnation];
            var told = m.Status switch
            {
                GroupMemberStatus.Joined => ++known.ToldJoined == known.Joined,
                GroupMemberStatus.Draining => ++known.ToldDrained == known.Drained,
                _ => ++known.ToldLeft == known.Left,
            };
            require(told, $"{e} tells that {m.Incarnation} is {m.Status}, which did not happen now");
        }
        foreach (var c in outcome.Events.OfType<CommandChanged>().Where(c => c.Command.IsOver))
            require(++commands[c.Command.CommandId].Told == 1, $"{c.Command.CommandId} has a second outcome, by {e}");
        foreach (var (id, c) in commands) require(c.Outcomes == c.Told, $"{id} has {c.Outcomes} outcomes, {c.Told} were told, after {e}");
        foreach (var b in outcome.Events.OfType<BarrierCompleted>())
            require(barriers[b.Barrier.BarrierId].Count == 0, $"barrier {b.Barrier.BarrierId} is complete, and somebody is awaited");
        require(members.Values.All(m => m.ToldJoined == m.Joined && m.ToldDrained == m.Drained && m.ToldLeft == m.Left),
            $"somebody's coming or going was not told by {e}");
    }

    private void Lose(string incarnation)
    {
        members[incarnation].Left++;
        if (acting == incarnation) acting = null;
        Drop(incarnation);
        foreach (var c in commands.Values.Where(c => c.To == incarnation && c.Outcomes == 0)) c.Outcomes = 1;
    }

    private void Drop(string incarnation)
    {
        foreach (var b in barriers.Values) b.Remove(incarnation);
    }

    internal sealed class Member
    {
        public required ProcessIdentity Process { get; init; }

        public bool CanOrchestrate { get; init; }

        public bool CanSpawn { get; init; }

        public long Sequence { get; set; }

        public int Joined { get; init; }

        public int Drained { get; set; }

        public int Left { get; set; }

        public int ToldJoined { get; set; }

        public int ToldDrained { get; set; }

        public int ToldLeft { get; set; }
    }

    internal sealed class Command(string from, string to)
    {
        public string From => from;

        public string To => to;

        public bool IsTaken { get; set; }

        public int Outcomes { get; set; }

        public int Told { get; set; }
    }

    private sealed class Invite(string participantId, string hash)
    {
        public string For => participantId;

        public string Hash => hash;

        public bool IsOpen { get; set; } = true;
    }
}
