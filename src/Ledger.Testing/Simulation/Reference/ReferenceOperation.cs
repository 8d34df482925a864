using System.Globalization;
using System.Text;
using Ledger.Model;

namespace Ledger.Testing.Simulation.Reference;

/// <summary>The semantics of one operation, said a second time: slow, plain, and without a line of the real fold. It keeps
/// everything that ever was and looks things up by walking through it.</summary>
internal sealed partial class ReferenceOperation
{
    private readonly List<ReferenceEntry> entries = [];
    private readonly SortedDictionary<string, ReferenceMember> members = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, ReferenceSupervisor> supervisors = new(StringComparer.Ordinal);
    private readonly SortedDictionary<long, ReferenceFrame> frames = [];
    private readonly SortedSet<long> unconfirmed = [];
    private TimeSpan at;

    public ReferenceOperation(Entry genesis, TimeSpan at)
    {
        var created = (OperationCreated)genesis.Data;
        Id = created.OperationId;
        Nonce = genesis.Nonce;
        Initiator = genesis.Incarnation;
        members[Initiator] = new ReferenceMember(genesis.ParticipantId, Initiator) { LastSequence = genesis.Sequence, LastAccepted = 1 };
        entries.Add(new ReferenceEntry(1, genesis, true, at, Text()));
    }

    public string Id { get; }

    public string Nonce { get; }

    public string Initiator { get; private set; }

    public OperationStatus Status { get; private set; } = OperationStatus.Running;

    public CauseType? Cause { get; private set; }

    public bool IsTerminal => Status is OperationStatus.Failed or OperationStatus.Completed;

    /// <summary>All entries, oldest first.</summary>
    public IReadOnlyList<ReferenceEntry> Entries => entries;

    /// <summary>Every frame there ever was, by position.</summary>
    public IReadOnlyDictionary<long, ReferenceFrame> Frames => frames;

    public IReadOnlyDictionary<string, ReferenceMember> Members => members;

    public IReadOnlyDictionary<string, ReferenceSupervisor> Supervisors => supervisors;

    /// <summary>Crashes no supervisor has confirmed.</summary>
    public IReadOnlyCollection<long> Unconfirmed => unconfirmed;

    /// <summary>What was reported as left behind, by frame and key.</summary>
    public HashSet<(long Token, string Key)> LeftBehind { get; } = [];

    public IEnumerable<ReferenceFrame> Stack => frames.Values.Where(f => f.OnStack);

    /// <summary>What the operation is after so many entries, as text: see <see cref="Projection"/>.</summary>
    public string After(long position) => entries[(int)position - 1].After;

    public ReferenceEntry Add(Entry entry, TimeSpan time)
    {
        at = time;
        var position = entries.Count + 1;
        var accepted = IsHeard(entry, out var isAnswered) && Accept(entry, position);
        if (isAnswered && members.TryGetValue(entry.Incarnation, out var member) && member.ParticipantId == entry.ParticipantId)
        {
            member.LastSequence = entry.Sequence;
            if (accepted) member.LastAccepted = position;
        }
        if (accepted) Settle();
        var added = new ReferenceEntry(position, entry, accepted, time, Text());
        entries.Add(added);
        return added;
    }

    /// <summary>Sections 2 and 6: who may say what at all. A retry is not even answered.</summary>
    private bool IsHeard(Entry e, out bool isAnswered)
    {
        isAnswered = e.Nonce == Nonce;
        if (!isAnswered) return false;
        if (!members.TryGetValue(e.Incarnation, out var member))
        {
            return IsTerminal ? e.Data is CrashNotified : e.Data is ParticipantJoined or CrashDetected or SupervisorDied
                or FrameCleanedUp or OperationAbandoned or AbortRequested;
        }
        if (member.ParticipantId != e.ParticipantId) return false;
        isAnswered = e.Sequence > member.LastSequence;
        return isAnswered && member.Status != MemberStatus.Crashed
            && (!IsTerminal || e.Data is CrashNotified)
            && (member.Status != MemberStatus.Left || e.Data is AbortRequested or CrashNotified);
    }

    private bool Accept(Entry e, long position) => e.Data switch
    {
        ParticipantJoined => members.TryAdd(e.Incarnation,
            new ReferenceMember(e.ParticipantId, e.Incarnation)),
        ParticipantLeft d => Left(e, d),
        InitiatorChanged d => HandedOver(e, d),
        CallStarted d => Started(e, d, position),
        CallEnded d => Own(e, d) is { } f && Undisturbed(f) && Leave(f, d.LeftBehind, endedWell: true),
        CallFailed d => Own(e, d) is { } f && Undisturbed(f) && Leave(f, d.LeftBehind) && Fail([f], CauseType.CallFailed),
        ResourceRegistered d => Own(e, d) is { } f && Keep(f, d.Resource),
        ResourceReleased d => Own(e, d) is { } f && (f.Resources.Remove(d.Key) || true),
        FrameRemoved d => Own(e, d) is { } f && !Undisturbed(f) && Leave(f, d.LeftBehind),
        CrashDetected { AboutFrames: true } d => Hung(d),
        CrashDetected d => Crashed(d),
        SupervisorRegistered d => SupervisorCame(e, d, position),
        SupervisorDied d => SupervisorWent(d),
        CrashNotified d => Notified(e, d),
        FrameCleanedUp d => CleanedUp(e, d),
        AbortRequested => Status == OperationStatus.Running && ToCleanup(CauseType.Aborted),
        CompleteRequested => Status == OperationStatus.Running && Initiator == e.Incarnation && !Stack.Any() && End(OperationStatus.Completed),
        OperationAbandoned => Abandoned(),
        _ => false,
    };

    private bool End(OperationStatus status)
    {
        Status = status;
        return true;
    }

    private bool ToCleanup(CauseType cause)
    {
        (Status, Cause) = (OperationStatus.Cleanup, cause);
        foreach (var f in Stack) f.EndingSince ??= at;
        return true;
    }

    private string Text()
    {
        var b = new StringBuilder();
        b.Append(CultureInfo.InvariantCulture, $"{Status} {Cause} {Initiator}\n");
        foreach (var m in members.Values)
            b.Append(CultureInfo.InvariantCulture, $"{m.Incarnation} {m.Status} {m.LastSequence} {m.LastAccepted}\n");
        foreach (var f in Stack)
            b.Append(CultureInfo.InvariantCulture, $"{f.Position} {f.CallId} {f.Status} {f.Cancelled} {f.OverrunBy} {Keys(f)}\n");
        foreach (var (id, s) in supervisors) b.Append(CultureInfo.InvariantCulture, $"{id} {s.Incarnation} {s.Dead}\n");
        return b.AppendJoin(' ', unconfirmed).ToString();
    }

    private static string Keys(ReferenceFrame f) =>
        f.Status == FrameStatus.CleanedUp ? "" : string.Join(' ', f.Resources.Keys.Order(StringComparer.Ordinal));
}
