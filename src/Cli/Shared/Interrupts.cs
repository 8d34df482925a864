using System.Runtime.InteropServices;

namespace Ledger.Cli.Shared;

/// <summary>Ctrl-C and its like end a command in good order: its token fires, and its exit code names the signal.</summary>
internal sealed class Interrupts : IDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly PosixSignalRegistration[] registrations;
    private int signal;

    public Interrupts()
    {
        registrations =
        [
            Register(PosixSignal.SIGINT, 2), Register(PosixSignal.SIGTERM, 15), Register(PosixSignal.SIGHUP, 1),
        ];
    }

    public CancellationToken Token => stop.Token;

    /// <summary>The number of the signal that came, or 0.</summary>
    public int Signal => Volatile.Read(ref signal);

    public void Dispose()
    {
        foreach (var registration in registrations) registration.Dispose();
        stop.Dispose();
    }

    private PosixSignalRegistration Register(PosixSignal kind, int number) => PosixSignalRegistration.Create(kind, context =>
    {
        // The second one of a kind means it: the system's default ends the process.
        if (Interlocked.CompareExchange(ref signal, number, 0) == number) return;
        context.Cancel = true;
        stop.Cancel();
    });
}
