using System.Runtime.CompilerServices;
using Ledger.Groups;
using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Runtime;
using Ledger.Runtime.Groups;

namespace Ledger;

/// <summary>An open ledger: a directory that cooperating processes share. Reading needs no more; to take part,
/// <see cref="JoinAsync"/>. Thread-safe.</summary>
public sealed class LedgerDirectory
{
    private static readonly TimeSpan ReaderPoll = TimeSpan.FromMilliseconds(250);

    private LedgerDirectory(LedgerContext context) => Context = context;

    /// <summary>The directory, absolute.</summary>
    public string Path => Context.Layout.Root;

    /// <summary>What its participants agreed on.</summary>
    public Manifest Manifest => Context.Manifest;

    internal LedgerContext Context { get; }

    /// <summary>Opens a ledger; makes an empty or missing directory one if <see cref="LedgerOptions.Create"/>.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="LedgerStorageException">The directory cannot be used: missing, read-only, foreign, of another
    /// version, not trusted, or an append-log ledger reached over a network file system.</exception>
    public static async Task<LedgerDirectory> OpenAsync(
        LedgerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        cancellationToken.ThrowIfCancellationRequested();
        // A network drive may take its time: not on the caller's thread.
        return options.FileSystem is null
            ? await Task.Run(() => new LedgerDirectory(Opening.Open(options)), cancellationToken).ConfigureAwait(false)
            : Open(options);
    }

    internal static LedgerDirectory Open(LedgerOptions options) => new(Opening.Open(options));

    /// <summary>Takes part under an id: writes a heartbeat from now on, until the participant is disposed of.</summary>
    /// <param name="participantId">Chosen by the user. Two processes may bear the same one; each is told.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="ArgumentException">It cannot be an id.</exception>
    /// <exception cref="LedgerStorageException">The heartbeat record cannot be written.</exception>
    public async Task<LedgerParticipant> JoinAsync(string participantId, CancellationToken cancellationToken = default)
    {
        Identifier.Require(participantId, "participant id");
        IDriver driver = Context.Clock.IsSystem
            ? new ThreadDriver(Context.Log) : new TimerDriver(Context.Clock.Provider, Context.Log);
        var core = new ParticipantCore(Context, participantId, driver);
        await Context.RunAsync(() => Begin(core), cancellationToken).ConfigureAwait(false);
        return new LedgerParticipant(this, core);
    }

    /// <summary>All operations, live and archived, in no order. An operation that cannot be read is left out.</summary>
    /// <param name="onUnreadable">Told what is left out, and why.</param>
    /// <exception cref="LedgerStorageException">The directory cannot be listed.</exception>
    public IReadOnlyList<OperationSummary> List(Action<string, LedgerException>? onUnreadable = null)
    {
        var result = new List<OperationSummary>();
        foreach (var id in Context.Logs.ListLive()) Add(id, () => Context.Logs.TryOpen(id), false);
        foreach (var name in Context.Logs.ListArchived()) Add(name, () => Context.Logs.TryOpenArchived(name), true);
        return result;

        void Add(string name, Func<Log.IOperationLog?> open, bool isArchived)
        {
            try
            {
                if (Summarize(open(), isArchived) is { } summary) result.Add(summary);
            }
            catch (LedgerException e)
            {
                onUnreadable?.Invoke(name, e);
            }
        }
    }

    /// <summary>An operation's state, folded from its log now; archived ones too.</summary>
    /// <exception cref="OperationNotFoundException">There is none of that id.</exception>
    public OperationState Read(string operationId)
    {
        using var reader = Context.ReaderOf(OpenLog(operationId));
        return reader.ReadToEnd();
    }

    /// <summary>An operation's entries behind a position, in order: nothing is missed or repeated.</summary>
    /// <param name="operationId">Which; archived ones too.</param>
    /// <param name="after">Begin behind this position; 0: at the first entry.</param>
    /// <param name="follow">Go on live until the operation is terminal; otherwise end where the log ends now.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <exception cref="OperationNotFoundException">There is none of that id.</exception>
    public async IAsyncEnumerable<StateChange> StateChanges(string operationId, long after = 0, bool follow = true,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var log = OpenLog(operationId);
        var (next, watch) = follow ? LogFollower.Wakes(Context, ReaderPoll) : (null, null);
        using (watch)
        {
            await foreach (var change in LogFollower.Follow(Context.ReaderOf(log), after, next, null, cancellationToken).ConfigureAwait(false))
                yield return change;
        }
    }

    /// <summary>The ids of all groups, in order.</summary>
    /// <exception cref="LedgerStorageException">The directory cannot be listed.</exception>
    public IReadOnlyList<string> ListGroups() => Context.Segments.ListGroups();

    /// <summary>A group's state, folded from its log now.</summary>
    /// <exception cref="GroupNotFoundException">There is none of that id.</exception>
    public GroupState ReadGroup(string groupId) => GroupOpenings.Read(Context, Identifier.Require(groupId, "group id"));

    /// <summary>A group's entries behind a position, in order: nothing is missed or repeated. Where earlier ones are not kept
    /// any more it begins with the state from which it goes on.</summary>
    /// <param name="groupId">Which.</param>
    /// <param name="after">Begin behind this position; 0: at the first entry.</param>
    /// <param name="follow">Go on live; otherwise end where the log ends now.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <exception cref="GroupNotFoundException">There is none of that id.</exception>
    public IAsyncEnumerable<GroupChange> GroupChanges(
        string groupId, long after = 0, bool follow = true, CancellationToken cancellationToken = default) =>
        GroupFollower.Watch(Context, Identifier.Require(groupId, "group id"), after, follow, ReaderPoll, cancellationToken);

    internal Log.IOperationLog OpenLog(string operationId) =>
        Context.OpenLog(Identifier.Require(operationId, "operation id"));

    private OperationSummary? Summarize(Log.IOperationLog? log, bool isArchived)
    {
        if (log is null) return null;
        using var reader = Context.ReaderOf(log);
        reader.Read();
        // Archived between the two listings: the second one has it.
        if (reader.State is not { } s || log.IsArchived != isArchived) return null;
        return new OperationSummary(s.OperationId, s.Status, s.StartTime, s.Stack.Count, s.InitiatorId, isArchived);
    }

    private static bool Begin(ParticipantCore core)
    {
        core.Begin();
        try
        {
            core.Housekeeper.Records.TellOfTheSameId();
        }
        catch (LedgerStorageException e)
        {
            // It takes part already; only the hint is lost.
            Messages.LeftoverStays(core.Ledger.Log, core.Ledger.Layout.Participants, e.Message);
        }
        return true;
    }
}
