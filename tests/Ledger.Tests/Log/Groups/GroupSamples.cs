using System.Collections.Immutable;
using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Testing.Simulation;

namespace Ledger.Tests.Log.Groups;

/// <summary>Random entries of every type of a group's log, from a seed.</summary>
internal sealed class GroupSamples(ulong seed)
{
    private readonly Lottery lottery = new(seed);

    public GroupEntry Entry(GroupEntryType type) => new(Text(), Number(), Id(), Text(), Text(), Data(type));

    public GroupEntryData Data(GroupEntryType type) => type switch
    {
        GroupEntryType.MemberJoined => new MemberJoined(Process(), Flag(), Flag(), Number(), Maybe(Text), Maybe(Id), Maybe(Text)),
        GroupEntryType.MemberDraining => new MemberDraining(Maybe(Text)),
        GroupEntryType.MemberLeft => new MemberLeft(Maybe(Text)),
        GroupEntryType.MemberCrashed => new MemberCrashed(Id(), Text(), EvidenceType.HeartbeatStale, Number(), Number()),
        GroupEntryType.MemberRemoved => new MemberRemoved(Number(), Text(), Maybe(Text)),
        GroupEntryType.OrchestratorTakenOver => new OrchestratorTakenOver(Number(), Flag()),
        GroupEntryType.OrchestratorReady => new OrchestratorReady(Number()),
        GroupEntryType.OrchestratorStopping => new OrchestratorStopping(Number()),
        GroupEntryType.OrchestratorStopped => new OrchestratorStopped(Number()),
        GroupEntryType.SupervisorRegistered => new GroupSupervisorRegistered(Id(), Settings(), Flag()),
        GroupEntryType.SupervisorUnregistered => new SupervisorUnregistered(Id()),
        GroupEntryType.StartReserved => new StartReserved(Number(), Id(), Below(9), Text(), Maybe(Text)),
        GroupEntryType.StartTaken => new StartTaken(Id(), Number(), Text()),
        GroupEntryType.SupervisorActivated => new SupervisorActivated(Id(), Number(), Maybe(Program), Maybe(Text)),
        GroupEntryType.SupervisorFailed => new SupervisorFailed(Id(), Number(), Text(), Text()),
        GroupEntryType.StartTimedOut => new StartTimedOut(Number(), Id(), Number()),
        GroupEntryType.ResourcesHeld => new ResourcesHeld(Id(), Number(), Many(Text)),
        GroupEntryType.SupervisorGivenUp => new SupervisorGivenUp(Number(), Id(), Number(), Text()),
        GroupEntryType.AttemptsReset => new AttemptsReset(Number(), Id(), Number()),
        GroupEntryType.StopRequested => new StopRequested(Maybe(Id), Flag() ? Number() : null),
        GroupEntryType.SupervisorStopped => new SupervisorStopped(Id(), Number(), Maybe(Text)),
        GroupEntryType.SupervisorAdopted => new SupervisorAdopted(Number(), Id(), Number()),
        GroupEntryType.OrphansFound => new OrphansFound(Below(9), Maybe(Text)),
        GroupEntryType.Invited => new Invited(Id(), Id(), Text()),
        GroupEntryType.InvitationCancelled => new InvitationCancelled(Id()),
        GroupEntryType.InvitationExpired => new InvitationExpired(Id()),
        GroupEntryType.CommandSent => new CommandSent(Id(), Text(), Text(), Maybe(Text), Below(9999)),
        GroupEntryType.CommandTaken => new CommandTaken(Id()),
        GroupEntryType.CommandDone => new CommandDone(Id(), Maybe(Text)),
        GroupEntryType.CommandFailed => new CommandFailed(Id(), Text()),
        GroupEntryType.CommandRefused => new CommandRefused(Id(), Text()),
        GroupEntryType.CommandExpired => new CommandExpired(Id()),
        GroupEntryType.BarrierOpened => new BarrierOpened(Id()),
        GroupEntryType.BarrierReached => new BarrierReached(Id()),
        GroupEntryType.SegmentSealed => new SegmentSealed(Number()),
        _ => throw new InvalidOperationException($"no sample of {type}"),
    };

    private int Below(int bound) => lottery.Below(bound);

    private bool Flag() => lottery.Below(2) == 0;

    private string Text() => lottery.Below(4) switch { 0 => "", 1 => "\"\\\n\0žluťoučký 漢字 🦊", 2 => "plain text", _ => "x" + lottery.Below(1000) };

    private string Id() => "id" + lottery.Below(1000);

    private long Number() => lottery.Below(3) switch { 0 => long.MinValue, 1 => long.MaxValue, _ => lottery.Below(1000) };

    private T? Maybe<T>(Func<T> some) where T : class => Flag() ? null : some();

    private ImmutableArray<T> Many<T>(Func<T> some) => [.. Enumerable.Range(0, lottery.Below(4)).Select(_ => some())];

    private ProcessIdentity Process() => new(Text(), Text(), Text(), Text(), Text(), Below(9999), Text());

    private ProgramIdentity Program() => new(Below(9999), Text(), Below(9999));

    private SupervisorSettings Settings() => new()
    {
        Mode = (SupervisorMode)Below(4),
        Launcher = Many(Text),
        Ports = Many(() => Below(65536)),
        Dependencies = Many(Id),
        StartTimeoutMs = Below(99999),
        StopGraceMs = Below(99999),
        AdoptWithinMs = Below(99999),
        OnLoss = (LossPolicy)Below(2),
        StartInfo = Maybe(() => new StartInfo(Text(), Many(Text), Maybe(Text), Many(Text), Maybe(Text),
            new RestartPolicy(Below(9), Many(() => (long)Below(99999)), Below(99999)))),
    };
}
