using System.Globalization;

namespace Ledger.Platform;

/// <summary>What /proc/PID/stat says about a process. <c>IsEnding</c>: its leading thread has begun to exit. Of a process that
/// is killed this shows before its files are closed, and so before anybody can hear of its end by a pipe; only later is it
/// gone. <c>HasNoVariables</c>: its environment is empty. False in the midst of exec(2), where /proc/PID/environ reads as
/// empty until the new program's stack is filled; where its code begins is set after that.</summary>
internal readonly record struct ProcStat(char State, int ProcessGroup, int Threads, string StartToken, bool IsEnding = false,
    int Parent = 0, bool HasNoVariables = false)
{
    /// <summary>True when nothing of the process runs any more. A leading thread that ended before the others looks like
    /// a zombie too, but is not the only thread.</summary>
    public bool IsGone => State is 'X' or 'x' || (State == 'Z' && Threads <= 1);

    /// <summary>Null when it cannot be read, which does not say that the process is gone (hidepid).</summary>
    public static ProcStat? Read(int pid) => Parse(Procfs.Read(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat")));

    /// <summary>Null when the text is not what the kernel writes.</summary>
    public static ProcStat? Parse(string? text)
    {
        // The second field is the program's name in parentheses, and may itself hold spaces, parentheses and newlines.
        var end = text?.LastIndexOf(')') ?? -1;
        if (text is null || end < 0) return null;
        var fields = text[(end + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        const int state = 0, parent = 1, group = 2, flags = 6, threads = 17, start = 19, code = 23, variables = 47, exiting = 4;
        if (fields.Length <= start || fields[state].Length != 1) return null;
        return TryNumber(fields[group], out var pgrp) && TryNumber(fields[parent], out var from)
            && TryNumber(fields[threads], out var count)
            && uint.TryParse(fields[flags], NumberStyles.None, CultureInfo.InvariantCulture, out var bits)
            ? new ProcStat(fields[state][0], pgrp, count, fields[start].TrimEnd(), (bits & exiting) != 0, from,
                fields.Length > variables + 1 && fields[code] != "0" && fields[variables] == fields[variables + 1])
            : null;
    }

    private static bool TryNumber(string field, out int number) =>
        int.TryParse(field, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
}
