using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Rules.Groups;

namespace Ledger.Testing.Simulation.Reference;

/// <summary>What a group promises about its supervisors, said a second time, slow and plain: which entry about one is accepted,
/// and what the whole table of them is after each entry. Who may be heard at all is <see cref="GroupModel"/>'s; of limits
/// it knows nothing, because no run reaches them.</summary>
internal sealed partial class SupervisorModel(GroupModel group)
{
    private readonly SortedDictionary<string, ModelSupervisor> all = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Why an entry of somebody who may be heard must be refused, or null.</summary>
    public string? Refusal(GroupEntry e)
    {
        if (e.Data is GroupSupervisorRegistered registered) return RefuseRegistration(e, registered);
        if (e.Data is StopRequested stop) return RefuseStop(stop);
        if (Named(e.Data) is not { } named) return null;
        if (all.GetValueOrDefault(named.Id) is not { } s) return $"there is no supervisor {named.Id}";
        if (named.Run is { } run && run != s.Run) return $"{s.Id} is in run {s.Run}";
        return e.Data switch
        {
            SupervisorUnregistered => RefuseUnregistration(e, s),
            StartReserved d => RefuseReservation(e, d, s),
            StartTaken => RefuseTaking(e, s),
            SupervisorActivated d => RefuseActivation(e, d, s),
            SupervisorFailed => !s.IsThere ? NotIn(s)
                : e.Incarnation == s.Runner || e.Incarnation == s.Reservation?.Executor ? null : "it neither runs nor starts it",
            ResourcesHeld => s.Reservation is null ? NotIn(s)
                : s.Reservation.Executor == e.Incarnation ? null : "another one is to start it",
            StartTimedOut => s.Status == SupervisorStatus.Starting ? null : NotIn(s),
            SupervisorGivenUp => s.Status is SupervisorStatus.Registered or SupervisorStatus.WaitingForDependencies
                or SupervisorStatus.Failed or SupervisorStatus.RestartScheduled ? null : NotIn(s),
            AttemptsReset => s is { Status: SupervisorStatus.Running, Attempts: > 0 } ? null : NotIn(s),
            SupervisorStopped => s.Status != SupervisorStatus.ShuttingDown ? NotIn(s) : RefuseStopped(e, s),
            SupervisorAdopted => s.OwnerLost ? null : $"{s.Id} does not wait to be adopted",
            _ => null,
        };
    }

    /// <summary>Takes an accepted entry, whatever it is about: what it does to supervisors, and what follows from that.</summary>
    public void Take(GroupEntry e, long position)
    {
        if (e.Data is GroupSupervisorRegistered registered) Register(e, registered, position);
        else if (e.Data is StopRequested stop) RequestStop(stop);
        else if (e.Data is MemberLeft) Lose(e.Incarnation, true, position);
        else if (e.Data is MemberCrashed crashed) Lose(crashed.Accused, false, position);
        else if (e.Data is MemberRemoved removed) Lose(removed.Removed, false, position);
        else if (e.Data is OrchestratorTakenOver taken) BeginAfresh(e, taken, position);
        else if (Named(e.Data) is { } named) Take(e, all[named.Id], position);
        else return;
        Settle(position, e.Timestamp);
    }

    /// <summary>The fold's table must be the same.</summary>
    public void Compare(GroupEntry e, GroupState state, Action<bool, string> require)
    {
        foreach (var id in state.Supervisors.Keys.Where(id => !all.ContainsKey(id)))
            require(false, $"there is a supervisor {id} after {e}");
        foreach (var s in all.Values)
        {
            if (state.Supervisors.GetValueOrDefault(s.Id) is not { } there) require(false, $"{s.Id} is gone after {e}");
            else if (!s.Equals(there)) require(false,
                $"{ModelSupervisor.Text(there)}\nand it should be\n{ModelSupervisor.Text(s.AsEntry(there))}\nafter {e}");
        }
    }

    private static (string Id, long? Run)? Named(GroupEntryData data) => data switch
    {
        SupervisorUnregistered d => (d.SupervisorId, null),
        StartReserved d => (d.SupervisorId, null),
        RunEntry d => (d.SupervisorId, d.Run),
        StartTimedOut d => (d.SupervisorId, d.Run),
        SupervisorGivenUp d => (d.SupervisorId, d.Run),
        AttemptsReset d => (d.SupervisorId, d.Run),
        SupervisorAdopted d => (d.SupervisorId, d.Run),
        _ => null,
    };

    private static string NotIn(ModelSupervisor s) => $"{s.Id} is {s.Status}";

    private string? RefuseRegistration(GroupEntry e, GroupSupervisorRegistered d)
    {
        var before = all.GetValueOrDefault(d.SupervisorId);
        if (Member(e.Incarnation).Drained > 0) return "its proposer drains";
        if (before is not null && before.Id != d.SupervisorId) return $"{before.Id} differs in case only";
        if (before is not null && HeldBy(before, e.Incarnation) is { } holder) return holder;
        var anew = new ModelSupervisor(d.SupervisorId, d.Settings, 0) { Place = Member(e.Incarnation).Process };
        if (!d.RunsItself && !anew.IsStarted) return "nobody would start it";
        foreach (var dependency in d.Settings.Dependencies)
        {
            if (Same(dependency, d.SupervisorId)) return "it depends on itself";
            if (!all.TryGetValue(dependency, out var other)) return $"there is no {dependency}";
            if (DependsOn(other, d.SupervisorId)) return $"{dependency} depends on it";
        }
        return null;
    }

    /// <summary>Who has it, or what may be left of it where its next process could not see to that.</summary>
    private string? HeldBy(ModelSupervisor s, string proposer)
    {
        if (s.IsThere) return NotIn(s);
        if (s.IsOver || s.Runner == proposer) return null;
        if (s.Runner is not null) return $"{s.Runner} has {s.Id}";
        return s.Program is null || s.Place.SharesPlaceWith(Member(proposer).Process) ? null : "its last program ran elsewhere";
    }

    private string? RefuseUnregistration(GroupEntry e, ModelSupervisor s)
    {
        if (s.Runner != e.Incarnation && group.Acting != e.Incarnation) return $"{s.Id} is another one's";
        if (!s.IsOver) return NotIn(s);
        return all.Values.Any(o => !o.IsOver && DependsOn(o, s.Id)) ? "another one depends on it" : null;
    }

    private string? RefuseReservation(GroupEntry e, StartReserved d, ModelSupervisor s)
    {
        if (s.StopWanted) return $"{s.Id} is to stop";
        if (s.Status is not (SupervisorStatus.Registered or SupervisorStatus.WaitingForDependencies
            or SupervisorStatus.RestartScheduled)) return NotIn(s);
        if (!s.IsStarted) return $"{s.Id} starts itself";
        if (d.Attempt != s.Attempts) return $"attempt {s.Attempts} is due";
        if (!DependenciesRun(s)) return "what it depends on does not run";
        if (group.Members.GetValueOrDefault(d.Executor) is not { Left: 0, Drained: 0 } executor) return "its executor is not there";
        if (s.Runner is not null && s.Runner != d.Executor) return $"{s.Runner} runs it";
        var spawns = executor.CanSpawn && executor.Process.SharesPlaceWith(s.Place);
        if (s.Runner is null && !spawns) return "its executor cannot spawn there";
        return d.TokenHash is null || (s.Runner is null && d.Executor == e.Incarnation) ? null : "its proposer spawns nothing";
    }

    private static string? RefuseTaking(GroupEntry e, ModelSupervisor s)
    {
        if (s.Reservation is not { } start) return NotIn(s);
        if (start.Executor != e.Incarnation) return "another one is to start it";
        if (start.Executor == s.Runner) return "it is started where it stands";
        return start.TokenHash is null ? null : "it was taken";
    }

    /// <summary>Who starts it where it stands needs no token; whoever was spawned for it shows one.</summary>
    private static string? RefuseActivation(GroupEntry e, SupervisorActivated d, ModelSupervisor s)
    {
        if (s.Reservation is not { } start) return NotIn(s);
        if (start.Executor == s.Runner)
            return s.Runner != e.Incarnation ? "another one is to start it" : d.Proof is null ? null : "it has no token to show";
        var shown = d.Proof is null ? null : Invitations.Hash(d.Proof);
        return shown is not null && shown == start.TokenHash ? null : "it has not got the token";
    }

    private string? RefuseStop(StopRequested d)
    {
        if (d.SupervisorId is null) return null;
        if (all.GetValueOrDefault(d.SupervisorId) is not { } s) return $"there is no supervisor {d.SupervisorId}";
        if (d.RegisteredAt is { } at && at != s.RegisteredAt) return $"{s.Id} was registered at {s.RegisteredAt}";
        return s.StopWanted ? $"{s.Id} is to stop" : null;
    }

    /// <summary>Who runs it says that it is gone; without that one whoever is at its place; without
    /// anybody who could spawn there the orchestrator.</summary>
    private string? RefuseStopped(GroupEntry e, ModelSupervisor s)
    {
        if (s.Runner is not null) return s.Runner == e.Incarnation ? null : $"{s.Runner} runs it";
        if (Member(e.Incarnation).Process.SharesPlaceWith(s.Place)) return null;
        var there = group.Members.Values.Any(m => m is { Left: 0, CanSpawn: true } && m.Process.SharesPlaceWith(s.Place));
        return !there && group.Acting == e.Incarnation ? null : "it is not there to see it";
    }

    private void Take(GroupEntry e, ModelSupervisor s, long position)
    {
        switch (e.Data)
        {
            case SupervisorUnregistered:
                all.Remove(s.Id);
                break;
            case StartReserved d:
                s.Go(SupervisorStatus.Starting, position);
                (s.Run, s.Reservation) = (position, new Reservation(d.Executor, d.Attempt, d.TokenHash));
                break;
            case StartTaken d:
                s.Reservation = s.Reservation! with { TokenHash = d.TokenHash };
                break;
            case SupervisorActivated d:
                if (s.Reservation!.Executor != s.Runner) (s.Owner, s.OwnerLost) = (s.Reservation.Executor, false);
                (s.Runner, s.Place, s.Program) = (e.Incarnation, Member(e.Incarnation).Process, d.Program);
                s.Go(SupervisorStatus.Running, position);
                break;
            case SupervisorFailed or StartTimedOut or ResourcesHeld:
                s.Go(s.Status == SupervisorStatus.ShuttingDown ? SupervisorStatus.Stopped : SupervisorStatus.Failed, position);
                break;
            case SupervisorGivenUp:
                s.Go(SupervisorStatus.Dead, position);
                break;
            case AttemptsReset:
                s.Attempts = 0;
                break;
            case SupervisorStopped:
                s.Go(SupervisorStatus.Stopped, position);
                break;
            case SupervisorAdopted:
                (s.Owner, s.OwnerLost) = (e.Incarnation, false);
                break;
        }
    }

    private void Register(GroupEntry e, GroupSupervisorRegistered d, long position)
    {
        var before = all.GetValueOrDefault(d.SupervisorId);
        var s = new ModelSupervisor(d.SupervisorId, d.Settings, position)
        {
            Place = Member(e.Incarnation).Process,
            Runner = d.RunsItself ? e.Incarnation : null,
            Run = position,
            Program = before is not null && before.Place.SharesPlaceWith(Member(e.Incarnation).Process) ? before.Program : null,
        };
        s.Go(SupervisorStatus.Registered, position);
        all[s.Id] = s;
    }

    private GroupModel.Member Member(string incarnation) => group.Members[incarnation];

    private static bool Same(string id, string other) => string.Equals(id, other, StringComparison.OrdinalIgnoreCase);
}
