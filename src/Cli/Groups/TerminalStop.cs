using System.Runtime.InteropServices;
using Ledger.Hosting.Supervision.Groups;
using Ledger.Platform;

namespace Ledger.Cli.Groups;

/// <summary>Ctrl-Z stops what is on the terminal: a member, once it has said that it will be silent, and before it its programs,
/// which the terminal does not reach. Continued, they all go on. One that was ignored from the start stays ignored.</summary>
internal sealed class TerminalStop : IDisposable
{
    private readonly LedgerParticipant participant;
    private readonly CommandPrograms? programs;
    private readonly Lock gate = new();
    private readonly PosixSignalRegistration? registration;
    private bool over;

    /// <summary>From now on, until it is disposed of.</summary>
    /// <param name="participant">Announces the pause.</param>
    /// <param name="programs">What this process runs; null: nothing.</param>
    public TerminalStop(LedgerParticipant participant, CommandPrograms? programs)
    {
        (this.participant, this.programs) = (participant, programs);
        if (OperatingSystem.IsWindows() || Libc.IsIgnored(Signals.TtyStop)) return;
        registration = PosixSignalRegistration.Create(PosixSignal.SIGTSTP, context =>
        {
            context.Cancel = true;
            Stop();
        });
    }

    /// <summary>Waits for a stop that is under way: nothing is announced any more when this returns.</summary>
    public void Dispose()
    {
        registration?.Dispose();
        lock (gate) over = true;
    }

    private void Stop()
    {
        lock (gate)
        {
            if (!over) participant.AnnouncePause(Run.WrappedCommand.PauseTolerance);
            programs?.Signal(Signals.TtyStop);
            Libc.Raise(Signals.Stop);
            programs?.Signal(Signals.Continue);
            if (!over) participant.AnnounceResume();
        }
    }
}
