using Ledger.Groups;
using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Rules;
using Ledger.Rules.Groups;
using Ledger.Runtime.Replication;
using GroupApplied = Ledger.Runtime.Replication.Applied<
    Ledger.Model.Groups.GroupState, Ledger.Model.Groups.GroupEntry, Ledger.Model.Groups.GroupOutcome>;

namespace Ledger.Runtime.Groups;

/// <summary>One group in this process: its replica, what this member does for it, and whoever waits. Acts only through
/// <see cref="Evaluate"/>, which the participant's loop calls; everything that may take long runs apart from it.</summary>
internal sealed class GroupRuntime : IDisposable
{
    private const long NotSwept = -1;

    private static readonly TimeSpan ReaderPoll = TimeSpan.FromMilliseconds(250);

    private readonly ParticipantCore core;
    private readonly CancellationTokenSource ended = new();
    private GroupTimers timers = GroupTimers.Empty;
    private long sweptAtMs = NotSwept;
    private int attention = 1;
    private int untold = 1;
    private int told;
    private volatile bool disposed;
    private volatile bool leaving;
    private volatile bool paused;

    public GroupRuntime(ParticipantCore core, GroupReplica replica, LedgerGroup handle)
    {
        this.core = core;
        Replica = replica;
        Handle = handle;
        Ended = ended.Token;
        Pulse = new Pulse(core.IsStepped);
        Errands = new Errands(core, (what, why) => Messages.GroupTriedAgain(Ledger.Log, GroupId, what, why), Ended);
        Starts = new GroupStarts(this);
        Commands = new CommandDesk(this);
        replica.Listener = Note;
        replica.Jumped = Jumped;
        replica.Changed = OnChanged;
    }

    public LedgerContext Ledger => core.Ledger;

    public ParticipantCore Core => core;

    public GroupReplica Replica { get; }

    public string GroupId => Replica.Id;

    public GroupState State => Replica.State;

    public string Self => core.Incarnation;

    public GroupOptions Options { get; set; } = new();

    /// <summary>What the user has of it.</summary>
    public LedgerGroup Handle { get; }

    public Pulse Pulse { get; }

    public Errands Errands { get; }

    public GroupStarts Starts { get; }

    public CommandDesk Commands { get; }

    public GroupFiles Files { get; } = new();

    /// <summary>True while this incarnation is a member.</summary>
    public bool IsMember => State.IsPresent(Self);

    /// <summary>Fires when it is one no longer.</summary>
    public CancellationToken Ended { get; }

    /// <summary>From the moment it is to leave: what ends from then on has not failed.</summary>
    public bool IsLeaving
    {
        get => leaving;
        set => leaving = value;
    }

    /// <summary>When something that is measured is due, on this process's clock; null: nothing is.</summary>
    public long? DueAtMs { get; private set; }

    public bool IsDue(long nowMs) => DueAtMs <= nowMs;

    /// <summary>For readers of their own: the next change, or a look from time to time once this process reads no
    /// more.</summary>
    public Task NextChange() => disposed ? Task.Delay(ReaderPoll, Ledger.Clock.Provider) : Pulse.Next;

    /// <inheritdoc cref="OperationRuntime.LookAgain"/>
    public Task? LookAgain(long position) => State.Position > position ? Task.Delay(ReaderPoll, Ledger.Clock.Provider) : null;

    /// <summary>True when the rules must look at it now; asking resets it.</summary>
    public bool TakeAttention() => Interlocked.Exchange(ref attention, 0) != 0;

    /// <summary>Lets the rules look again at the next tick, which is not brought forward: something may have failed.</summary>
    public void Attend() => Volatile.Write(ref attention, 1);

    /// <summary>Proposes one entry and returns what it did, rejections too.</summary>
    public ValueTask<GroupOutcome> TryProposeAsync(GroupEntryData data, CancellationToken cancellationToken) =>
        Ledger.RunAsync(() => Replica.Propose(data)[0], cancellationToken);

    /// <summary>Proposes one entry; throws what a caller of the API should see.</summary>
    public async ValueTask<GroupOutcome> ProposeAsync(string what, GroupEntryData data, CancellationToken cancellationToken)
    {
        var outcome = await TryProposeAsync(data, cancellationToken).ConfigureAwait(false);
        return outcome.Rejection is not { } rejection ? outcome : throw Refusal(what, rejection);
    }

    /// <summary>Proposes until it is known what became of it, or this incarnation is a member no longer.</summary>
    public async Task ProposeSurelyAsync(GroupEntryData data)
    {
        while (!disposed && !Ended.IsCancellationRequested)
        {
            try
            {
                await TryProposeAsync(data, CancellationToken.None).ConfigureAwait(false);
                return;
            }
            catch (LedgerStorageException e)
            {
                Messages.GroupTriedAgain(Ledger.Log, GroupId, "a report", e.Message);
            }
            await Task.Delay(TimeSpan.FromMilliseconds(Ledger.Manifest.HeartbeatIntervalMs), Ledger.Clock.Provider).ConfigureAwait(false);
        }
    }

    public LedgerException Refusal(string what, string rejection) => Reasons.Code(rejection) switch
    {
        Reasons.Fenced => new NotGroupMemberException(GroupId, what, "this incarnation was declared crashed or removed"),
        Reasons.Left => new NotGroupMemberException(GroupId, what, "this incarnation left"),
        Reasons.NotMember => new NotGroupMemberException(GroupId, what, "this incarnation has not joined"),
        _ => new GroupRejectedException(GroupId, what, rejection),
    };

    /// <summary>Looks at the state with the rules and does what they ask for.</summary>
    public void Evaluate(LivenessObserver observer, long nowMs, long latenessMs)
    {
        var state = State;
        DueAtMs = null;
        // Asked after the state was taken: whoever handed over for a pause does not take over again.
        if (!state.IsPresent(Self) || paused) return;
        timers = timers.Grow(latenessMs).Next(state, observer.Verdicts, nowMs);
        var observation = new GroupObservation
        {
            Self = Self,
            NowMs = nowMs,
            ThresholdMs = Ledger.Manifest.StalenessThresholdMs,
            IntervalMs = Ledger.Manifest.HeartbeatIntervalMs,
            Liveness = observer.Verdicts,
            Timers = timers,
            SweptAtMs = Volatile.Read(ref sweptAtMs) is >= 0 and var at ? at : null,
            KeepStartInfos = Options.KeepStartInfos,
        };
        var steps = Ledger.GroupRules.Plan(state, observation);
        foreach (var step in steps) Begin(step);
        DueAtMs = GroupDue.AtMs(State, observation);
    }

    /// <summary>It will be silent for a while on purpose. An orchestrator that nobody counts as dead would keep the group waiting
    /// all that time: it hands over, if there is somebody.</summary>
    public void Pause()
    {
        paused = true;
        try
        {
            Replica.CatchUp();
            var state = State;
            var hasOther = state.Members.Values.Any(m => m is { CanOrchestrate: true, Status: GroupMemberStatus.Joined } && m.Incarnation != Self);
            if (state.Acting == Self && hasOther) HandOver(state.Term);
        }
        catch (LedgerStorageException e)
        {
            // It stops all the same; the group waits for it, or for its pause to be over.
            Messages.GroupTriedAgain(Ledger.Log, GroupId, "handing over for a pause", e.Message);
        }
    }

    /// <summary>Ends this member's term in good order: whoever is next begins another one at once.</summary>
    public IReadOnlyList<GroupOutcome> HandOver(long term) =>
        Replica.Propose(new OrchestratorStopping(term), new OrchestratorStopped(term));

    /// <summary>It works on.</summary>
    public void Resume()
    {
        paused = false;
        Attend();
        core.Wake();
    }

    public void Dispose()
    {
        disposed = true;
        Errands.End();
        Replica.Dispose();
        Fire(ended);
        Pulse.Fire();
    }

    /// <summary>Whether a verdict concerns somebody whose departure is not told yet.</summary>
    public bool Accuses(List<string> dead) => dead.Exists(i => State.IsPresent(i));

    private void Begin(GroupStep step)
    {
        switch (step)
        {
            case ProposeToGroup proposal:
                Propose(proposal);
                break;
            case StartInPlace start:
                Starts.Begin(start.Supervisor);
                break;
            case SpawnProcess spawn:
                Starts.Begin(spawn.Supervisor);
                break;
            case StopProgram stop:
                Starts.Stop(stop.Supervisor);
                break;
            case ReleaseOld release:
                Starts.Stop(release.Supervisor);
                break;
            case EndMyself:
                Errands.Start("end myself", () => GroupLeaving.LeaveAsync(this, "nobody adopted it", CancellationToken.None));
                break;
            case TakeCommand take:
                Commands.Begin(take.Command);
                break;
            case SweepOrphans:
                Errands.Start("sweep", SweepAsync);
                break;
        }
    }

    private void Propose(ProposeToGroup proposal)
    {
        try
        {
            Replica.Propose(proposal.Data);
        }
        catch (LedgerStorageException e)
        {
            // The rules ask for it again as long as it is needed, but only when they look again.
            Attend();
            Messages.GroupTriedAgain(Ledger.Log, GroupId, "a proposal of the rules", e.Message);
        }
    }

    /// <summary>Who starts no programs has none to look for. That it failed counts, too: a place whose processes cannot be
    /// listed must not keep a group from starting.</summary>
    private async Task SweepAsync()
    {
        try
        {
            if (Options.Executor is not { } executor) return;
            var found = await executor.SweepAsync(Handle, Ended).ConfigureAwait(false);
            if (!found.IsEmpty)
                await TryProposeAsync(new OrphansFound(found.Length, Texts.Cut(string.Join("; ", found))), CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref sweptAtMs, Ledger.Clock.NowMs);
            Attend();
            core.Wake();
        }
    }

    /// <summary>Sees each entry in order, within the replica's critical section.</summary>
    private void Note(GroupApplied applied)
    {
        core.NoteChange();
        Files.Note();
        if (!applied.Outcome.Accepted) return;
        Volatile.Write(ref attention, 1);
        Volatile.Write(ref untold, 1);
        foreach (var happened in applied.Outcome.Events)
        {
            if (happened is MembershipChanged { Status: GroupMemberStatus.Joined } m) Greet(applied.State, m.Incarnation);
            // Whoever takes over begins with a sweep, wherever it can.
            if (happened is OrchestratorChanged { Orchestrator.Status: OrchestratorStatus.Starting }) Volatile.Write(ref sweptAtMs, NotSwept);
        }
        GroupTelling.Tell(this, applied);
    }

    private void Jumped(GroupState state)
    {
        core.NoteChange();
        Files.Note();
        Volatile.Write(ref attention, 1);
        Volatile.Write(ref untold, 1);
    }

    /// <summary>Who joins is watched at once, and watches all who are there.</summary>
    private void Greet(GroupState state, string incarnation)
    {
        var all = incarnation == Self ? state.Members.Values.Where(m => m.IsPresent).Take(Watching.Most)
            : state.IsPresent(Self) ? [state.Members[incarnation]] : [];
        foreach (var member in all) core.Greet(GroupHost.Watched(member));
    }

    private void OnChanged()
    {
        if (Interlocked.Exchange(ref untold, 0) != 0)
        {
            EndIfGone();
            Starts.Look(State);
            core.Wake();
        }
        Pulse.Fire();
    }

    /// <summary>Tells those who work for the group that this incarnation is a member no longer, once.</summary>
    private void EndIfGone()
    {
        if (State.Members.GetValueOrDefault(Self) is not { IsPresent: false } me || Interlocked.Exchange(ref told, 1) != 0) return;
        if (me.Departure != DepartureReason.Normal) Messages.GroupFenced(Ledger.Log, GroupId, Wire.Name(me.Departure!.Value));
        core.Run(() =>
        {
            Fire(ended);
            return Task.CompletedTask;
        });
    }

    private static void Fire(CancellationTokenSource source)
    {
        if (!source.IsCancellationRequested) source.Cancel();
    }
}
