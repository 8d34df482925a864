using System.Globalization;
using System.Text;
using Ledger.CrashTests.Run;
using Ledger.Groups;
using Ledger.Model.Groups;
using Ledger.Platform;

namespace Ledger.CrashTests.Groups;

/// <summary>A group of real <c>ledger</c> processes in a ledger of its own. Programs are <c>sleep</c> with a number of seconds that
/// names them. When the test is over, nothing of it lives.</summary>
internal sealed class GroupStage : IDisposable
{
    /// <summary>Another run of these tests at the same time counts elsewhere.</summary>
    private static long seconds = Environment.ProcessId * 100_000L;

    private readonly Dictionary<string, string> names = [];
    private LedgerDirectory? directory;

    public TestLedger Ledger { get; } = new();

    public string GroupId { get; init; } = "g";

    /// <summary>Words of another verb, in this ledger.</summary>
    public string[] Verb(params string[] arguments) => TestLedger.Verb([arguments[0], "--ledger", Ledger.Path, .. arguments[1..]]);

    public LedgerProcess Start(params string[] arguments) =>
        Ledger.Start(Verb(arguments), "none", new Dictionary<string, string> { ["STAGE_VALUE"] = "kept everywhere" });

    /// <summary>The same with a variable of its own.</summary>
    public LedgerProcess StartWith(string variable, string value, params string[] arguments) =>
        Ledger.Start(Verb(arguments), "none", new Dictionary<string, string> { [variable] = value });

    /// <summary>A supervisor whose program sleeps.</summary>
    public LedgerProcess Supervise(string id, params string[] options) => Supervise(id, options, "sleep", Seconds(id));

    public LedgerProcess Supervise(string id, string[] options, params string[] command) =>
        Start(["supervise", "--group", GroupId, "--id", id, .. options, "--", .. command]);

    /// <summary>The words that type a supervisor whose program sleeps.</summary>
    public string[] SuperviseWords(string id, params string[] options) =>
        Verb(["supervise", "--group", GroupId, "--id", id, .. options, "--", "sleep", Seconds(id)]);

    /// <summary>Starts supervisors one after another, each once the one before runs.</summary>
    public async Task<LedgerProcess[]> SuperviseAll(params string[] ids)
    {
        var all = new List<LedgerProcess>();
        foreach (var id in ids)
        {
            all.Add(Supervise(id));
            await Running(id);
        }
        return [.. all];
    }

    /// <summary>Registers a supervisor that this process does not run: one is spawned for it. Who registered it leaves with what is
    /// returned.</summary>
    public async Task<IAsyncDisposable> RegisterAsync(string id, SupervisorSettings settings)
    {
        var opened = await LedgerDirectory.OpenAsync(new LedgerOptions { Path = Ledger.Path, Create = false });
        var participant = await opened.JoinAsync("test");
        var group = await participant.JoinGroupAsync(GroupId);
        await group.RegisterSupervisorAsync(id, settings, runsItself: false);
        return participant;
    }

    public string Seconds(string id)
    {
        if (!names.TryGetValue(id, out var name))
            names[id] = name = Interlocked.Increment(ref seconds).ToString(CultureInfo.InvariantCulture);
        return name;
    }

    /// <summary>The group as its log says now; null while there is none.</summary>
    public GroupState? State()
    {
        if (!Directory.Exists(Ledger.Path)) return null;
        try
        {
            directory ??= LedgerDirectory.Open(new LedgerOptions { Path = Ledger.Path, Create = false });
            return directory.ListGroups().Contains(GroupId) ? directory.ReadGroup(GroupId) : null;
        }
        catch (Model.LedgerStorageException) when (directory is null)
        {
            return null; // being made
        }
    }

    /// <summary>What happened of one kind, from the oldest entry that is kept.</summary>
    public async Task<List<T>> EventsAsync<T>() where T : GroupEvent =>
        [.. (await AcceptedAsync()).SelectMany(change => change.Outcome!.Events).OfType<T>()];

    /// <summary>How many entries of a type were accepted.</summary>
    public async Task<int> AcceptedAsync(string type) => (await AcceptedAsync()).Count(change => change.Type == type);

    public async Task<GroupState> Until(Func<GroupState, bool> condition, string what)
    {
        GroupState? found = null;
        await Eventually.True(
            () => State() is { } s && condition(found = s),
            what,
            evidence: () => found is null ? "no group" : string.Join('\n', found.Supervisors.Values) + $"\nterm {found.Term}, acting {found.Acting}");
        return found!;
    }

    public async Task<SupervisorEntry> Until(string id, SupervisorStatus status)
    {
        var state = await Until(s => s.Supervisors.GetValueOrDefault(id)?.Status == status, $"{id} is {status}");
        return state.Supervisors[id];
    }

    public Task<SupervisorEntry> Running(string id) => Until(id, SupervisorStatus.Running);

    /// <summary>It runs in another run than before.</summary>
    public async Task<SupervisorEntry> RunsAnew(SupervisorEntry before)
    {
        var state = await Until(
            s => s.Supervisors.GetValueOrDefault(before.SupervisorId) is { Status: SupervisorStatus.Running } x && x.Run > before.Run,
            $"{before.SupervisorId} runs anew");
        return state.Supervisors[before.SupervisorId];
    }

    /// <summary>The living programs of a supervisor: exactly one when all is well.</summary>
    public IReadOnlyList<int> Programs(string id) =>
    [
        .. Procfs.Pids().Where(pid => ProcStat.Read(pid) is { IsGone: false }
            && Procfs.Read($"/proc/{pid}/cmdline") is { } line && line.TrimEnd('\0').EndsWith($"sleep\0{Seconds(id)}", StringComparison.Ordinal)
            && !line.Contains(OwnCommand.Words[^1], StringComparison.Ordinal)),
    ];

    /// <summary>Every file of the ledger. Its processes go on: what vanishes meanwhile, a temporary file, is not among them.</summary>
    public IReadOnlyList<(string Path, UnixFileMode Mode, string Text)> Files()
    {
        var files = new List<(string, UnixFileMode, string)>();
        foreach (var path in Directory.EnumerateFiles(Ledger.Path, "*", SearchOption.AllDirectories))
        {
            try
            {
                files.Add((path, OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path), File.ReadAllText(path, Encoding.Latin1)));
            }
            catch (FileNotFoundException)
            {
                // It was on its way to another name.
            }
        }
        return files;
    }

    /// <summary>Each has exactly one, once what was just accepted has begun.</summary>
    public async Task OneProgramEach(params string[] ids)
    {
        foreach (var id in ids) await Eventually.True(() => Programs(id).Count == 1, $"one program of {id}", evidence: () => Programs(id).Count);
    }

    /// <summary>The process of a supervisor's wrapper.</summary>
    public int WrapperOf(string id) => State() is { } s ? s.Members[s.Supervisors[id].Incarnation!].Process.Pid : 0;

    public Task NothingIsLeft(TimeSpan? bound = null) =>
        Eventually.True(() => Ledger.Processes().Count == 0 && names.Keys.All(id => Programs(id).Count == 0), "the end of every process", bound);

    private async Task<List<GroupChange>> AcceptedAsync()
    {
        Assert.NotNull(State());
        var all = await directory!.GroupChanges(GroupId, follow: false).ToListAsync();
        return all.FindAll(change => change.Outcome is { Accepted: true });
    }

    public void Dispose()
    {
        // First those that outlive who started them: they hold that one's output open.
        foreach (var pid in Ledger.Processes()) _ = Libc.Kill(pid, Signals.Kill);
        Ledger.Dispose();
    }
}
