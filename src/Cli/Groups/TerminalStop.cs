using System.Runtime.InteropServices;
using Ledger.Hosting.Supervision.Groups;
using Ledger.Platform;

namespace Ledger.Cli.Groups;

/// <summary>Ctrl-Z at a wrapper stops what is on the terminal: the wrapper, once it has said that it will be silent, and before
/// it its programs, which the terminal does not reach. Continued, they all go on. One that was ignored from the start stays
/// ignored.</summary>
internal sealed class TerminalStop : IDisposable
{
    /// <summary>As <c>ledger run</c> announces it.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(10);

    private readonly LedgerParticipant participant;
    private readonly CommandPrograms programs;
    private readonly Lock gate = new();
    private readonly PosixSignalRegistration? registration;

    public TerminalStop(LedgerParticipant participant, CommandPrograms programs)
    {
        (this.participant, this.programs) = (participant, programs);
        if (OperatingSystem.IsWindows() || Libc.IsIgnored(Signals.TtyStop)) return;
        registration = PosixSignalRegistration.Create(PosixSignal.SIGTSTP, context =>
        {
            context.Cancel = true;
            Stop();
        });
    }

    public void Dispose() => registration?.Dispose();

    private void Stop()
    {
        lock (gate)
        {
            participant.AnnouncePause(Tolerance);
            programs.Signal(Signals.TtyStop);
            Libc.Raise(Signals.Stop);
            programs.Signal(Signals.Continue);
            participant.AnnounceResume();
        }
    }
}
