namespace Ledger.Testing;

/// <summary>What stands still while a <see cref="SimulatedHostTime"/> is suspended.</summary>
public enum SuspendKind
{
    /// <summary>The machine sleeps: its monotonic clock stands still, its wall clock does not. A timer fires as much
    /// later as the machine slept.</summary>
    Machine,

    /// <summary>The process is stopped (SIGSTOP, a breakpoint): its clocks go on, but its timers do not fire until it
    /// is resumed; overdue ones then fire once, periodic ones too.</summary>
    Process,
}
