using System.Runtime.InteropServices;
using Ledger.Platform;

namespace Ledger.Cli.Shared;

/// <summary>Ctrl-Z stops what is on the terminal: a participant, once it has said that it will be silent, and before it its
/// programs, which the terminal does not reach. Continued, they all go on. One that was ignored from the start stays
/// ignored.</summary>
internal sealed class TerminalStop : IDisposable
{
    /// <summary>For how long a process may be silent that Ctrl-Z stops.</summary>
    private static readonly TimeSpan PauseTolerance = TimeSpan.FromMinutes(10);

    private readonly LedgerParticipant participant;
    private readonly Action<int>? programs;
    private readonly Lock gate = new();
    private readonly PosixSignalRegistration? registration;
    private bool over;
    private int isStopping;

    /// <summary>From now on, until it is disposed of.</summary>
    /// <param name="participant">Announces the pause.</param>
    /// <param name="programs">Passes a signal on to what this process runs; null: nothing.</param>
    public TerminalStop(LedgerParticipant participant, Action<int>? programs)
    {
        (this.participant, this.programs) = (participant, programs);
        if (OperatingSystem.IsWindows() || Libc.IsIgnored(Signals.TtyStop)) return;
        registration = PosixSignalRegistration.Create(PosixSignal.SIGTSTP, context =>
        {
            context.Cancel = true;
            StopOnce(null);
        });
    }

    /// <summary>Keeps the runtime from setting the terminal up anew whenever this process is continued, which would undo what a
    /// program on it has set, and stop the rest of a background group (SIGTTOU). To be called first of all: the runtime looks
    /// once at whether standard input is a terminal, when something asks for signals.</summary>
    public static void KeepSettings()
    {
        if (OperatingSystem.IsWindows() || !Libc.IsTerminal(0)) return;
        Libc.WithoutInput(static () => PosixSignalRegistration.Create(PosixSignal.SIGHUP, static _ => { }).Dispose());
    }

    /// <summary>A Ctrl-Z that only the programs were told of, which have stopped: this process stops too, and with it all of its
    /// group, since a shell among them, waiting for this process, would wait on. Returns when it is continued.</summary>
    public void StopWithGroup() => StopOnce(Libc.SignalRestOfGroup);

    /// <summary>Waits for a stop that is under way: nothing is announced any more when this returns.</summary>
    public void Dispose()
    {
        registration?.Dispose();
        lock (gate) over = true;
    }

    /// <summary>While this process is about to stop, another signal asks for nothing more.</summary>
    private void StopOnce(Action<int>? others)
    {
        if (Interlocked.Exchange(ref isStopping, 1) == 0) Stop(others);
    }

    private void Stop(Action<int>? others)
    {
        lock (gate)
        {
            if (!over) participant.AnnouncePause(PauseTolerance);
            programs?.Invoke(Signals.TtyStop);
            // At last: as soon as a shell has stopped, somebody may continue all of them.
            others?.Invoke(Signals.TtyStop);
            Libc.Raise(Signals.Stop);
            programs?.Invoke(Signals.Continue);
            if (!over) participant.AnnounceResume();
            Volatile.Write(ref isStopping, 0);
        }
    }
}
