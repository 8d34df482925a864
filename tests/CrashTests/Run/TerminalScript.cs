using System.Globalization;
using Ledger.Platform;

namespace Ledger.CrashTests.Run;

/// <summary>script(1), which gives what it runs a terminal.</summary>
internal static class TerminalScript
{
    private const int ExitCodeField = 49;

    /// <summary>How long it takes at most to hear of an end.</summary>
    private static readonly TimeSpan Hearing = TimeSpan.FromSeconds(3);

    /// <summary>The code of what it ran. Late to hear of a stop, it stops when what it runs goes on already: it is continued. And of
    /// two signals that follow close upon each other it gets one, so that it may never hear of an end: then the system is
    /// asked.</summary>
    public static async Task<int> ExitCodeAsync(LedgerProcess script, Func<string>? evidence = null)
    {
        var exit = script.ExitAsync();
        (int? code, var since) = (null, TimeProvider.System.GetTimestamp());
        await Eventually.True(
            () =>
            {
                _ = Libc.Kill(script.Pid, Signals.Continue);
                if (exit.IsCompleted) return true;
                code = EndedChild(script.Pid);
                if (code is null) since = TimeProvider.System.GetTimestamp();
                return TimeProvider.System.GetElapsedTime(since) > Hearing;
            },
            "its end",
            evidence: evidence);
        if (exit.IsCompleted || code is null) return await exit;
        script.Signal(Signals.Kill);
        await exit;
        return code.Value;
    }

    /// <summary>The code of its child, if that has ended and it waits.</summary>
    private static int? EndedChild(int script)
    {
        var child = Procfs.Pids().FirstOrDefault(pid => ProcStat.Read(pid)?.Parent == script);
        return ProcStat.Read(child)?.State == 'Z' ? (Field(child, ExitCodeField) >> 8) & 0xff : null;
    }

    /// <summary>A number behind the name in /proc/PID/stat, from 0; 0 where there is no such process.</summary>
    public static int Field(int pid, int index) => Procfs.Read($"/proc/{pid}/stat") is not { } stat ? 0
        : int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[index], CultureInfo.InvariantCulture);
}
