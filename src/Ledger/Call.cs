using System.Collections.Immutable;
using Ledger.Model;
using Ledger.Runtime;

namespace Ledger;

/// <summary>How to start a call.</summary>
public sealed record CallOptions
{
    /// <summary>The calling call, in this or another process; null: at the bottom of the stack.</summary>
    public string? CallerId { get; init; }

    /// <summary>For people; at most 4,000 characters.</summary>
    public string? Description { get; init; }

    /// <summary>Who is told of the call's start, end and crash, and cleans it up after a crash.</summary>
    public string? SupervisorId { get; init; }

    /// <summary>What the supervisor knows the call by; null: the call id.</summary>
    public string? SupervisorHandle { get; init; }

    /// <summary>True (default): a crash or failure of it goes on to its caller, and in the end fails the operation. False: it
    /// stops here; what runs beneath is cancelled, the operation goes on.</summary>
    public bool FailOnCrash { get; init; } = true;

    /// <summary>How long its cleanup callbacks may take together; then, and a staleness threshold later, others declare it
    /// crashed. Null: <see cref="LedgerOptions.CleanupBound"/>.</summary>
    public TimeSpan? CleanupBound { get; init; }

    /// <summary>Promise of progress at least this often (<see cref="Call.ReportProgress"/>); without it the call counts as
    /// hung although its process lives. Null: no promise. 100 ms to 30 days.</summary>
    public TimeSpan? Watchdog { get; init; }

    /// <summary>Resources registered together with the call.</summary>
    public ImmutableArray<Resource> Resources { get; init; } = [];
}

/// <summary>A call of this participant that is on an operation's stack. Thread-safe. Disposing a call that was neither
/// ended nor failed fails it: an exception on the way never looks like success.</summary>
public sealed class Call : IAsyncDisposable
{
    private readonly OperationRuntime operation;
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private readonly List<Func<CleanupContext, ValueTask>> callbacks = [];
    private readonly List<Resource> atEnd = [];
    private Promise<string?>? cleaning;
    private bool closed;
    private bool stopped;
    private Action? atOnce;

    internal Call(OperationRuntime operation, Operation handle, string callId, long token)
    {
        this.operation = operation;
        Handle = handle;
        CallId = callId;
        FencingToken = token;
        // Taken once: the source may be disposed of while a token is still in use.
        CancellationToken = stop.Token;
    }

    /// <summary>The call's id, unique in its operation.</summary>
    public string CallId { get; }

    /// <summary>Its fencing token: grows along the operation. Hand it to an outside resource that refuses smaller ones, and a
    /// zombie can do no harm there either.</summary>
    public long FencingToken { get; }

    /// <summary>Fires when the call is cancelled with its failure domain, fenced, or its operation goes to cleanup.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>Why <see cref="CancellationToken"/> fired; null before.</summary>
    public Cause? Cancellation { get; private set; }

    /// <summary>True once the call left the stack, by whatever way.</summary>
    public bool IsClosed
    {
        get
        {
            lock (gate) return closed;
        }
    }

    /// <summary>Adds a callback that runs when the call has to clean itself up (rule 1), bounded by its cleanup bound, on no
    /// ledger thread. It cannot start calls in this operation. An exception is recorded; the call leaves all the
    /// same. Latest added runs first.</summary>
    public void OnCleanup(Func<CleanupContext, ValueTask> callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        lock (gate) callbacks.Insert(0, callback);
    }

    /// <summary>Registers a file or directory that must be deleted if the call crashes or fails. Register before creating
    /// it.</summary>
    /// <param name="path">Absolute, or relative to the current directory.</param>
    /// <param name="directory">A directory with all that will be in it.</param>
    /// <param name="allowExisting">Accept a path that exists already.</param>
    /// <param name="deleteAtEnd">Delete it also when the call ends normally.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="ArgumentException">The path exists, or could never be deleted safely.</exception>
    /// <exception cref="ProposalRejectedException">The call is over.</exception>
    public ValueTask RegisterPathAsync(string path, bool directory, bool allowExisting = false, bool deleteAtEnd = false,
        CancellationToken cancellationToken = default)
    {
        var resource = operation.Ledger.Resources.Describe(path, directory, allowExisting);
        if (deleteAtEnd)
        {
            lock (gate) atEnd.Add(resource);
        }
        return RegisterAsync(resource, cancellationToken);
    }

    /// <summary>Registers a process group to be ended if the call crashes or fails.</summary>
    /// <param name="pgid">The group's id, which is its leader's process id.</param>
    /// <param name="leaderStartToken">The leader's start token (<c>/proc/PID/stat</c>, field 22).</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public ValueTask RegisterProcessGroupAsync(
        int pgid, string leaderStartToken, CancellationToken cancellationToken = default) =>
        RegisterAsync(new Resource(ResourceKind.ProcessGroup, null, false, pgid, leaderStartToken), cancellationToken);

    /// <summary>The call's own temporary directory, made and registered at the first use; deleted when the call is over,
    /// however it ends.</summary>
    public async ValueTask<string> GetTemporaryDirectoryAsync(CancellationToken cancellationToken = default)
    {
        var path = operation.Ledger.Layout.CallTemp(operation.OperationId, CallId);
        var resource = new Resource(ResourceKind.Directory, path);
        bool isNew;
        lock (gate)
        {
            isNew = !atEnd.Contains(resource);
            if (isNew) atEnd.Add(resource);
        }
        try
        {
            if (isNew) await RegisterAsync(resource, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // Whoever asks again registers it.
            lock (gate) atEnd.Remove(resource);
            throw;
        }
        operation.Ledger.Disk.CreateDirectory(operation.Ledger.Layout.OperationTemp(operation.OperationId));
        operation.Ledger.Disk.CreateDirectory(path);
        return path;
    }

    /// <summary>Takes a resource back: it is not the call's any more.</summary>
    public async ValueTask ReleaseAsync(string key, CancellationToken cancellationToken = default)
    {
        List<Resource> kept;
        lock (gate)
        {
            kept = atEnd.FindAll(r => r.Key == key);
            atEnd.RemoveAll(r => r.Key == key);
        }
        try
        {
            await operation.ProposeAsync("release a resource", new ResourceReleased(CallId, FencingToken, key), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (LedgerException)
        {
            // It is the call's still, as far as is known; what the log says decides when the call ends.
            lock (gate) atEnd.AddRange(kept);
            throw;
        }
    }

    /// <summary>The file whose change is progress, for programs that are not .NET: touching it feeds the watchdog.</summary>
    public string ProgressFile => operation.Ledger.Layout.Progress(operation.OperationId, CallId);

    /// <summary>Says that the call is not hung, and that it may be silent for <paramref name="busyFor"/> from now on, where
    /// that is longer than its watchdog.</summary>
    public void ReportProgress(TimeSpan busyFor = default) => Progress.Report(operation.Ledger, ProgressFile, busyFor);

    /// <summary>Ends the call: deletes its own temporary directory, and its frame leaves the stack. Calls it made that are
    /// still active go on.</summary>
    /// <exception cref="ProposalRejectedException">Its result does not count any more: it was cancelled, or its operation is
    /// in cleanup; it leaves by cleaning itself up.</exception>
    /// <exception cref="FencedException">It was declared crashed.</exception>
    public async ValueTask EndAsync(CancellationToken cancellationToken = default)
    {
        Resource[] doomed;
        lock (gate) doomed = [.. atEnd];
        var left = doomed.Length == 0 ? [] : await operation.DeleteAsync(this, doomed).ConfigureAwait(false);
        await operation.ProposeAsync(
            "end the call", new CallEnded(CallId, FencingToken) { LeftBehind = left }, cancellationToken).ConfigureAwait(false);
        Close();
    }

    /// <summary>Fails the call: deletes its resources, its frame leaves, and the failure goes on to its callers. No error
    /// when it is ending already.</summary>
    /// <exception cref="FencedException">It was declared crashed.</exception>
    public async ValueTask FailAsync(string reason, CancellationToken cancellationToken = default)
    {
        var left = await operation.DeleteAsync(this, null).ConfigureAwait(false);
        try
        {
            var failure = new CallFailed(CallId, FencingToken, Texts.Cut(reason)) { LeftBehind = left };
            await operation.ProposeAsync("fail the call", failure, cancellationToken).ConfigureAwait(false);
            Close();
        }
        catch (ProposalRejectedException)
        {
            // In cleanup or cancelled already: rule 1 takes it off the stack.
        }
    }

    /// <summary>Fails the call unless it ended, failed, or is being cleaned up.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!IsClosed && Cancellation is null)
        {
            try
            {
                await FailAsync("the call was given up without being ended").ConfigureAwait(false);
            }
            catch (FencedException)
            {
                // Declared crashed meanwhile: others have taken it off.
            }
        }
    }

    internal OperationRuntime Operation => operation;

    /// <summary>The handle it was started with, and is closed with.</summary>
    internal Operation Handle { get; }

    /// <summary>Position up to which guarded calls that depend on all its callees were told of failures among them.</summary>
    internal long ToldTo { get; set; }

    internal Func<CleanupContext, ValueTask>[] Callbacks
    {
        get
        {
            lock (gate) return [.. callbacks];
        }
    }

    /// <summary>What is done as soon as it must stop, ahead of its token and its callbacks, on the thread that has just read
    /// so: that thread serves every operation, so it must be short, and neither wait nor throw. Done at once if it
    /// must stop already.</summary>
    internal void OnStopping(Action action)
    {
        lock (gate)
        {
            if (!stopped)
            {
                atOnce = action;
                return;
            }
        }
        action();
    }

    /// <summary>Notes why it must stop, once; the caller fires the token outside any critical section.</summary>
    internal bool Stop(Cause cause)
    {
        lock (gate)
        {
            if (stopped) return false;
            stopped = true;
            Cancellation = cause;
        }
        atOnce?.Invoke();
        return true;
    }

    /// <summary>Runs the token's callbacks: on no ledger thread.</summary>
    internal Task FireAsync()
    {
        stop.Cancel();
        return Task.CompletedTask;
    }

    /// <summary>Runs the cleanup callbacks, or answers with what they ended with: what follows them may have to be tried
    /// again, they not.</summary>
    internal Task<string?> CleanOnceAsync(Func<Task<string?>> callbacks)
    {
        lock (gate)
        {
            if (cleaning is not null) return cleaning.Task;
            cleaning = new Promise<string?>(operation.Core.IsStepped);
        }
        return RunAsync(callbacks, cleaning);
        static async Task<string?> RunAsync(Func<Task<string?>> callbacks, Promise<string?> done)
        {
            try
            {
                done.TryKeep(await callbacks().ConfigureAwait(false));
            }
            catch (Exception e)
            {
                done.TryBreak(e); // whoever asks again must not wait for ever
            }
            return await done.Task.ConfigureAwait(false);
        }
    }

    internal void Close()
    {
        lock (gate) closed = true;
        operation.Forget(this);
    }

    private async ValueTask RegisterAsync(Resource resource, CancellationToken cancellationToken) =>
        await operation.ProposeAsync(
            "register a resource", new ResourceRegistered(CallId, FencingToken, resource), cancellationToken).ConfigureAwait(false);
}

/// <summary>What a cleanup callback is told.</summary>
/// <param name="Cause">Why the call has to go.</param>
/// <param name="Fenced">True: the call was declared crashed; others clean its resources, this runs for local state
/// only.</param>
/// <param name="Deadline">Fires when the cleanup bound is over; the call leaves then, whatever the callback does.</param>
public sealed record CleanupContext(Cause Cause, bool Fenced, CancellationToken Deadline);
