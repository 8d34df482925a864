using System.Runtime.InteropServices;
using Ledger.Platform;

namespace Ledger.Cli.Run;

/// <summary>INT, TERM, HUP and QUIT do not end the wrapper: they are passed on to whatever it is busy with. One that was
/// ignored from the start (<c>nohup</c>) stays ignored.</summary>
internal sealed class PassedSignals : IDisposable
{
    private static readonly (PosixSignal Kind, int Number)[] Kinds =
    [
        (PosixSignal.SIGINT, Signals.Int), (PosixSignal.SIGTERM, Signals.Term),
        (PosixSignal.SIGHUP, Signals.Hup), (PosixSignal.SIGQUIT, Signals.Quit),
    ];

    private readonly List<PosixSignalRegistration> registrations = [];
    private readonly Lock gate = new();
    private Action<int>? target;
    private int last;

    public PassedSignals()
    {
        foreach (var (kind, number) in Kinds)
        {
            if (Libc.IsIgnored(number)) continue;
            registrations.Add(PosixSignalRegistration.Create(kind, context =>
            {
                context.Cancel = true;
                Pass(number);
            }));
        }
    }

    /// <summary>The number of the latest one, or 0.</summary>
    public int Last => Volatile.Read(ref last);

    /// <summary>True for the signals by which people end commands.</summary>
    public static bool IsOne(int? signal) => Kinds.Any(kind => kind.Number == signal);

    /// <summary>From now on they go there. One that came while there was nowhere to go is passed on at once.</summary>
    public void PassTo(Action<int> next)
    {
        lock (gate)
        {
            var missed = target is null ? last : 0;
            target = next;
            if (missed != 0) next(missed);
        }
    }

    public void Dispose()
    {
        foreach (var registration in registrations) registration.Dispose();
    }

    private void Pass(int number)
    {
        lock (gate)
        {
            Volatile.Write(ref last, number);
            target?.Invoke(number);
        }
    }
}
