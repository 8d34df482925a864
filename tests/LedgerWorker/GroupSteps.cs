using System.Collections.Immutable;
using Ledger.Groups;
using Ledger.Log.Segments;
using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Rules.Groups;
using Ledger.Runtime;
using Ledger.Runtime.Groups;

namespace Ledger.Worker;

/// <summary>Every step of a group's life, once, as <see cref="ProtocolSteps"/> takes those of an operation: on one thread, each
/// acknowledged by a line. Two members live in the process, so that one can take over from the other.</summary>
internal sealed class GroupSteps(string path, LogKind kind, bool flush, TextWriter output)
{
    public const string Group = "group";
    public const string Supervisor = "web";
    public const string Command = "command";
    public const string Variable = "WEB_KEY";

    private const string Token = "0123456789abcdef0123456789abcdef";

    private static readonly long Later = long.MaxValue / 4;

    public void Run()
    {
        var ledger = LedgerDirectory.Open(new LedgerOptions
        {
            Path = path,
            Log = kind,
            FlushBeforeAcknowledging = flush,
            Time = new StillTime(),
            HeartbeatInterval = TimeSpan.FromMilliseconds(20),
            StalenessThreshold = TimeSpan.FromMilliseconds(200),
        });
        var (first, second) = (Begin(ledger, "first"), Begin(ledger, "second"));
        Acknowledge("begin");
        var one = Join(first, "group");
        var two = Join(second, "join");
        Propose(one, new OrchestratorTakenOver(0, false));
        Propose(one, new OrchestratorReady(1));
        Acknowledge("elect");
        Register(one);
        Start(one);
        Work(one, two);
        TakeOver(one, two);
        Publish(two);
        Seal(two);
        Unregister(two);
        Sweep(ledger.Context);
        Leave(first, second, two);
    }

    public static SupervisorSettings Settings(string? environmentFile) => new()
    {
        StartInfo = new StartInfo("serve", [], null, [Variable], environmentFile,
            RestartPolicy.Default with { BackoffIntervalsMs = [0] }),
        Launcher = ["launch"],
    };

    private static LedgerParticipant Begin(LedgerDirectory ledger, string id)
    {
        var core = new ParticipantCore(ledger.Context, id, new StillDriver());
        core.Begin();
        return new LedgerParticipant(ledger, core);
    }

    private GroupRuntime Join(LedgerParticipant participant, string step)
    {
        var group = GroupOpenings.Join(participant, Group, new GroupOptions { CanOrchestrate = true, CanSpawn = true });
        Acknowledge(step);
        return group;
    }

    private void Register(GroupRuntime one)
    {
        var file = GroupSecrets.Keep(one.Ledger, Group, Supervisor, new Dictionary<string, string> { [Variable] = "value" });
        Propose(one, new GroupSupervisorRegistered(Supervisor, Settings(file), true));
        Acknowledge("register");
    }

    private void Start(GroupRuntime one)
    {
        var run = Propose(one, new StartReserved(1, Supervisor, 0, one.Self, null));
        Acknowledge("reserve");
        Propose(one, new SupervisorActivated(Supervisor, run, null, null));
        Acknowledge("activate");
    }

    private void Work(GroupRuntime one, GroupRuntime two)
    {
        Propose(one, new CommandSent(Command, two.Self, "work", null, 60_000));
        Acknowledge("send");
        two.Replica.CatchUp();
        Propose(two, new CommandTaken(Command));
        Acknowledge("take");
        Propose(two, new CommandDone(Command, "1"));
        Acknowledge("done");
    }

    /// <summary>The second one declares the first crashed, which schedules the supervisor's restart, and starts it again
    /// with a token, as a spawned process would.</summary>
    private void TakeOver(GroupRuntime one, GroupRuntime two)
    {
        var outcomes = two.Replica.Propose(
            new MemberCrashed(one.Core.ParticipantId, one.Self, EvidenceType.ProcessExited, 0, two.State.Position),
            new OrchestratorTakenOver(1, false));
        if (outcomes.Any(o => !o.Accepted)) throw new InvalidOperationException("The takeover was refused.");
        Propose(two, new OrchestratorReady(2));
        Acknowledge("takeover");
        var run = Propose(two, new StartReserved(2, Supervisor, two.State.Supervisors[Supervisor].Attempts, two.Self, null));
        Propose(two, new StartTaken(Supervisor, run, Invitations.Hash(Invitations.Hash(Token))));
        Acknowledge("spawn");
        Propose(two, new SupervisorActivated(Supervisor, run, null, Invitations.Hash(Token)));
        Acknowledge("restart");
    }

    private void Publish(GroupRuntime two)
    {
        two.Core.Groups.Evaluate([], Later, 0, isDue: false);
        Acknowledge("publish");
        two.Core.Groups.Evaluate([], Later + 10_000, 0, isDue: false);
        Acknowledge("replace");
    }

    /// <summary>So often that the first segment is deleted.</summary>
    private void Seal(GroupRuntime two)
    {
        for (var times = 1; times <= SegmentStore.Kept + 1; times++)
        {
            Propose(two, new SegmentSealed(two.State.Segment));
            Acknowledge($"seal{times}");
            Propose(two, new BarrierOpened($"behind{times}"));
            Acknowledge($"behind{times}");
        }
    }

    private void Unregister(GroupRuntime two)
    {
        var present = two.State.Supervisors[Supervisor];
        Propose(two, new StopRequested(Supervisor));
        Acknowledge("stop");
        Propose(two, new SupervisorStopped(Supervisor, present.Run, null));
        Propose(two, new SupervisorUnregistered(Supervisor));
        GroupSecrets.Forget(two.Ledger, present.Settings.StartInfo!.EnvironmentFile!);
        Acknowledge("unregister");
    }

    /// <summary>Sweeps what another process is supposed to have left.</summary>
    private void Sweep(LedgerContext ledger)
    {
        var old = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-2);
        foreach (var left in Leftovers(ledger))
        {
            File.WriteAllText(left, "left");
            File.SetLastWriteTimeUtc(left, old);
        }
        var begun = ledger.Layout.ChainSegment(SegmentName.Of(Group, 99));
        Directory.CreateDirectory(begun);
        Directory.SetLastWriteTimeUtc(begun, old);
        new LeftoverSweep(ledger, output.WriteLine).Leftovers();
        Acknowledge("sweep");
    }

    private static ImmutableArray<string> Leftovers(LedgerContext ledger) =>
    [
        Path.Combine(ledger.Layout.Root, ".0123456789abcdef.tmp"),
        Path.Combine(ledger.Layout.Secrets, ".0123456789abcdef.tmp"),
        Path.Combine(ledger.Layout.Secrets, $"{Group}~{Supervisor}~0123456789abcdef.json"),
    ];

    private void Leave(LedgerParticipant first, LedgerParticipant second, GroupRuntime two)
    {
        Propose(two, new OrchestratorStopped(2));
        Propose(two, new MemberLeft(null));
        Acknowledge("left");
        foreach (var participant in new[] { first, second })
        {
            participant.Core.Dispose();
            participant.Core.Heartbeat.End();
        }
        Acknowledge("leave");
    }

    private static long Propose(GroupRuntime group, GroupEntryData data)
    {
        var outcome = group.Replica.Propose(data)[0];
        return outcome.Accepted ? outcome.Position : throw new InvalidOperationException($"{data.Type}: {outcome.Rejection}");
    }

    private void Acknowledge(string step) => output.WriteLine($"ack {step}");
}
