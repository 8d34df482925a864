using Ledger.Model;
using Ledger.Runtime;

namespace Ledger.Testing;

/// <summary>A simulated process that takes part in a <see cref="SimulatedLedger"/>: the real participant, on a disk and a
/// clock that the test can take away. After <see cref="RestartAsync"/> <see cref="Participant"/>,
/// <see cref="Time"/> and <see cref="Files"/> are those of the new process; what the test still holds of the old
/// one stays dead.</summary>
public sealed class SimulatedParticipant
{
    private readonly SimulatedLedger ledger;
    private readonly Func<LedgerOptions, LedgerOptions>? with;

    private SimulatedParticipant(SimulatedLedger ledger, string id, string host, Func<LedgerOptions, LedgerOptions>? with)
    {
        this.ledger = ledger;
        this.with = with;
        Id = id;
        Host = host;
        (Time, Files, Participant) = (null!, null!, null!);
    }

    /// <summary>Its participant id.</summary>
    public string Id { get; }

    /// <summary>The host it runs on. Participants of one host learn of each other's death from the kernel at once, those of
    /// others by heartbeat.</summary>
    public string Host { get; }

    /// <summary>The real participant.</summary>
    public LedgerParticipant Participant { get; private set; }

    /// <summary>This process's clock: its wall clock can be stepped, and it can sleep with its machine.</summary>
    public SimulatedHostTime Time { get; private set; }

    /// <summary>This process's view of the disk: give it faults, or cut it off.</summary>
    public SimulatedFileSystem Files { get; private set; }

    /// <summary>True from its crash to its restart.</summary>
    public bool IsCrashed => Files.IsCrashed;

    /// <summary>True between <see cref="Freeze"/> and <see cref="Resume"/>.</summary>
    public bool IsFrozen { get; private set; }

    /// <summary>Kills the process, as SIGKILL does: its timers never fire again, its files are closed, nothing is left in good
    /// order, and everything that is still tried on its behalf throws <see cref="SimulatedCrashException"/>. A fault
    /// that crashes <see cref="Files"/> does the same.</summary>
    public void Crash() => Files.Crash();

    /// <summary>Stops the process, as SIGSTOP does: time goes on, its timers do not fire. What the test calls on its behalf
    /// meanwhile happens all the same.</summary>
    /// <exception cref="InvalidOperationException">It is frozen or crashed.</exception>
    public void Freeze()
    {
        Time.Suspend(SuspendKind.Process);
        IsFrozen = true;
    }

    /// <summary>Lets it go on: overdue timers fire before this returns.</summary>
    /// <exception cref="InvalidOperationException">It is not frozen, or crashed.</exception>
    public void Resume() => ledger.Quietly(GoOn);

    /// <summary>As <see cref="Resume"/>, in the middle of whatever the thread does.</summary>
    internal void GoOn()
    {
        if (IsCrashed) throw new InvalidOperationException($"'{Id}' is crashed; restart it.");
        IsFrozen = false;
        Time.Resume();
    }

    /// <summary>One tick of it, now: reads, looks, evaluates the rules, and starts what they ask for.</summary>
    /// <exception cref="InvalidOperationException">It is frozen or crashed.</exception>
    public void Step()
    {
        if (IsFrozen || IsCrashed) throw new InvalidOperationException($"'{Id}' is frozen or crashed.");
        ledger.Quietly(((TimerDriver)Participant.Core.Driver).Tick);
    }

    /// <summary>Starts the process again after its crash: the same id and host, a new incarnation.</summary>
    /// <exception cref="InvalidOperationException">It is not crashed.</exception>
    public async Task<LedgerParticipant> RestartAsync()
    {
        if (!IsCrashed) throw new InvalidOperationException($"'{Id}' is not crashed.");
        IsFrozen = false;
        await BeginAsync(ledger.Processes.Start(Host)).ConfigureAwait(false);
        return Participant;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var state = IsCrashed ? "crashed" : IsFrozen ? "frozen" : "running";
        return $"{Id} ({Participant.Incarnation}) on {Host}: {state}";
    }

    internal static async Task<SimulatedParticipant> StartAsync(
        SimulatedLedger ledger, string id, string host, Func<LedgerOptions, LedgerOptions>? with, ProcessIdentity? self)
    {
        var made = new SimulatedParticipant(ledger, id, host, with);
        await made.BeginAsync(self ?? ledger.Processes.Start(host)).ConfigureAwait(false);
        return made;
    }

    private async Task BeginAsync(ProcessIdentity self)
    {
        var time = ledger.Time.CreateHost(Id, ledger.SkewOf(Host));
        var files = ledger.Files.CreateClient(Id, ledger.ViewOf(Host));
        (Time, Files) = (time, files);
        files.Calls.Crashed = () => End(self, time);
        var directory = LedgerDirectory.Open(ledger.OptionsFor(Id, self, files, time, with));
        Participant = await directory.JoinAsync(Id).ConfigureAwait(false);
    }

    private void End(ProcessIdentity self, SimulatedHostTime time)
    {
        if (!time.IsSuspended) time.Suspend(SuspendKind.Process);
        ledger.Processes.Exit(self);
    }
}
