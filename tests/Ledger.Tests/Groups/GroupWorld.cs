using Ledger.Groups;
using Ledger.Model.Groups;
using Ledger.Testing;
using Microsoft.Extensions.Logging;

namespace Ledger.Tests.Groups;

/// <summary>A simulated ledger with one group, its members and their programs.</summary>
internal sealed class GroupWorld
{
    public const string Id = "g";

    public SimulatedLedger Ledger { get; } = new();

    public SimulatedPrograms Programs { get; } = new();

    /// <summary>Supervisors whose executor was asked to stop them, in order.</summary>
    public List<string> Stopped { get; } = [];

    /// <summary>What the next sweep finds.</summary>
    public List<string> Orphans { get; } = [];

    /// <summary>No sweep is over before this is.</summary>
    public Task SweepsEnd { get; set; } = Task.CompletedTask;

    /// <summary>Every one-time token that was used.</summary>
    public List<string> Tokens { get; } = [];

    /// <summary>What a spawned process does once it runs a supervisor.</summary>
    public Func<Joined, string, Task>? OnSpawned { get; set; }

    public GroupState State => Ledger.Directory.ReadGroup(Id);

    public SupervisorEntry this[string supervisorId] => State.Supervisors[supervisorId];

    public ValueTask<Joined> JoinAsync(string id, string host = "h1", bool orchestrate = true, bool spawn = true, bool keep = false) =>
        SimulatedLedger.DetachedAsync(BeginAsync(id, host, new GroupOptions { CanOrchestrate = orchestrate, CanSpawn = spawn, KeepStartInfos = keep }));

    /// <summary>A participant of the ledger that is in no group.</summary>
    public ValueTask<SimulatedParticipant> StartAsync(string id, string host) => SimulatedLedger.DetachedAsync(BeginAsync(id, host));

    public Task UntilAsync(Func<GroupState, bool> condition, int seconds = 120) =>
        Ledger.RunUntilAsync(() => condition(State), TimeSpan.FromSeconds(seconds));

    public Task UntilAsync(string supervisorId, SupervisorStatus status, int seconds = 120) =>
        UntilAsync(s => s.Supervisors[supervisorId].Status == status, seconds);

    public void Advance(double seconds) => Ledger.Advance(TimeSpan.FromSeconds(seconds));

    /// <summary>All there is to tell, from the first entry on.</summary>
    public async Task<List<GroupChange>> ChangesAsync()
    {
        var all = new List<GroupChange>();
        await foreach (var change in Ledger.Directory.GroupChanges(Id, follow: false)) all.Add(change);
        return all;
    }

    public async Task<List<T>> EventsAsync<T>() where T : GroupEvent =>
        [.. (await ChangesAsync()).Where(c => c.Outcome is { Accepted: true }).SelectMany(c => c.Outcome!.Events).OfType<T>()];

    /// <summary>Warnings and worse, but for the hint that a killed process's record still bears the id.</summary>
    public IEnumerable<string> Noise => Ledger.Log.Where(l => l.Level >= LogLevel.Warning && l.Event.Id != 13).Select(l => l.ToString());

    public static SupervisorSettings Program(params string[] dependencies) => new()
    {
        StartInfo = new StartInfo("work", ["--hard"], null, [], null, RestartPolicy.Default),
        Launcher = ["ledger", "supervise", "--"],
        Dependencies = [.. dependencies],
    };

    private async Task<SimulatedParticipant> BeginAsync(string id, string host) => await Ledger.StartAsync(id, host);

    private async Task<Joined> BeginAsync(string id, string host, GroupOptions options)
    {
        var node = await Ledger.StartAsync(id, host);
        var executor = new SimulatedExecutor(this, node);
        var group = await node.Participant.JoinGroupAsync(Id, options with { Executor = executor });
        return new Joined(node, group, executor);
    }
}

/// <summary>A member.</summary>
internal sealed record Joined(SimulatedParticipant Node, LedgerGroup Group, SimulatedExecutor Executor)
{
    public string Incarnation => Group.Participant.Incarnation;

    /// <summary>Registers a program that this member runs.</summary>
    public Task RegisterAsync(string supervisorId, params string[] dependencies) =>
        Group.RegisterSupervisorAsync(supervisorId, GroupWorld.Program(dependencies));
}
