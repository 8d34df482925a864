using Ledger.Groups;
using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Platform;
using Ledger.Runtime;
using Ledger.Runtime.Groups;
using Ledger.Testing;

namespace Ledger.Tests.Scenarios.PowerLoss;

/// <summary>One process after the other on one simulated disk, step by step; nothing happens by itself. Says what was
/// acknowledged.</summary>
internal sealed class PoweredLedger(SimulatedFileSystem files, SimulatedTime time, bool flush)
{
    public const string Operation = "op";
    public const string Group = "group";
    public const string Supervisor = "web";

    private static readonly Dictionary<string, string> Values = new() { ["KEY"] = "value" };

    private readonly SimulatedProcesses processes = new();
    private readonly List<string> acknowledged = [];
    private int lastName;
    private LedgerDirectory? directory;
    private LedgerParticipant? participant;
    private OperationRuntime? operation;
    private GroupRuntime? group;

    public static IReadOnlyDictionary<string, Action<PoweredLedger>> Steps { get; } = new Dictionary<string, Action<PoweredLedger>>
    {
        ["open"] = l => l.Open(),
        ["join"] = l => l.participant = l.Directory.JoinAsync("a").GetAwaiter().GetResult(),
        ["create"] = l => l.operation = Openings.Create(l.participant!.Core, Operation, null),
        ["commit"] = l => l.Propose(new CallStarted($"call{l.operation!.State.Position}", null)),
        ["end"] = l =>
        {
            foreach (var frame in l.operation!.State.Stack.Values.ToList()) l.Propose(new CallEnded(frame.CallId, frame.Position));
        },
        ["publish"] = l => l.participant!.Core.Publisher.Publish(l.participant.Core.Operations, 0, isDue: false),
        ["complete"] = l => l.Propose(new CompleteRequested()),
        ["archive"] = l => Housekeeper.Archive(l.Directory.Context, l.operation!.State),
        ["group"] = l => l.group = GroupOpenings.Join(l.participant!, Group, new GroupOptions { CanOrchestrate = true }),
        ["elect"] = l => l.Propose(new OrchestratorTakenOver(l.group!.State.Term, false)),
        ["register"] = l => l.Register(),
        ["barrier"] = l => l.Propose(new BarrierOpened($"barrier{l.group!.State.Position}")),
        ["seal"] = l => l.Propose(new SegmentSealed(l.group!.State.Segment)),
    };

    /// <summary>The steps whose end the process has seen, in order.</summary>
    public IReadOnlyList<string> Acknowledged => acknowledged;

    public LedgerDirectory Directory => directory!;

    /// <summary>Entries of the operation that were acknowledged.</summary>
    public long Position { get; private set; }

    /// <summary>Entries of the group that were acknowledged.</summary>
    public long GroupPosition { get; private set; }

    public void Do(string step)
    {
        Steps[step](this);
        acknowledged.Add(step);
        Position = operation?.State.Position ?? 0;
        GroupPosition = group?.State.Position ?? 0;
    }

    /// <summary>Random names are counted: the same at every run, and others than those of a predecessor.</summary>
    public void Open(string salt = "a")
    {
        var self = processes.Start("h1");
        string NewHex(int digits) => salt + (++lastName).ToString("x", System.Globalization.CultureInfo.InvariantCulture).PadLeft(digits - 1, '0');
        directory = LedgerDirectory.Open(new LedgerOptions
        {
            Path = "/ledger",
            Log = LogKind.Simulated,
            FlushBeforeAcknowledging = flush,
            FileSystem = files,
            Time = time,
            World = new ProcessWorld(self, processes.TableOf(self), NewHex, new SimulatedDisk(files, NewHex)),
        });
    }

    private void Propose(EntryData data) => Assert.Null(operation!.Replica.Propose(data)[0].Rejection);

    private void Propose(GroupEntryData data) => Assert.Null(group!.Replica.Propose(data)[0].Rejection);

    /// <summary>Values first, in a file of their own; then the entry that names it.</summary>
    private void Register()
    {
        var file = GroupSecrets.Keep(directory!.Context, Group, Supervisor, Values);
        var info = new StartInfo("serve", [], null, [.. Values.Keys], file, RestartPolicy.Default);
        Propose(new GroupSupervisorRegistered(Supervisor, new SupervisorSettings { StartInfo = info }, true));
    }
}
