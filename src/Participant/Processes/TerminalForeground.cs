using Ledger.Platform;

namespace Ledger.Hosting.Processes;

/// <summary>Hands the terminal on standard input to a command and takes it back. A command in a background group that reads
/// its terminal would be stopped.</summary>
internal sealed class TerminalForeground
{
    private const int StandardInput = 0;
    private int _given;

    private TerminalForeground()
    {
    }

    /// <summary>Null unless standard input is a terminal and this process's group is in its foreground.</summary>
    public static TerminalForeground? TryGet() => IsOurs() ? new TerminalForeground() : null;

    /// <summary>Hands it to a group. False when this process's group is not in the foreground now, or the system
    /// refuses.</summary>
    public bool Give(int pgid)
    {
        if (!IsOurs() || Libc.SetForegroundGroup(StandardInput, pgid) != 0) return false;
        _given = pgid;
        return true;
    }

    /// <summary>Takes it back from the group it was given to, from the background too. If somebody else has it by now (a
    /// shell), it stays there. False when it was not given away.</summary>
    public bool TakeBack()
    {
        if (_given == 0) return false;
        if (Libc.ForegroundGroup(StandardInput) == _given)
            _ = Libc.SetForegroundGroup(StandardInput, Libc.OwnProcessGroup());
        _given = 0;
        return true;
    }

    private static bool IsOurs() =>
        Libc.IsTerminal(StandardInput) && Libc.ForegroundGroup(StandardInput) == Libc.OwnProcessGroup();
}
