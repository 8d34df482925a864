using System.Text.RegularExpressions;

namespace Ledger.CrashTests.CrashPoints;

/// <summary>One system call on the ledger's directory, as <c>strace</c> saw it.</summary>
/// <param name="Name">The call.</param>
/// <param name="Ordinal">The how-manieth call of that name it is on its thread, from 1: what <c>strace</c> counts.</param>
/// <param name="Text">The call and the paths in it, with random parts left out: the same at every run.</param>
/// <param name="Failed">Whether the system refused it.</param>
/// <param name="Step">The step of the protocol that it belongs to: the one acknowledged next.</param>
internal sealed partial record TracedCall(string Name, int Ordinal, string Text, bool Failed, string Step)
{
    private const string Changing =
        "openat,write,pwrite64,link,rename,renameat2,unlink,mkdir,rmdir,chmod,fchmod,ftruncate,fsync,fdatasync";

    private const string Looking = "read,pread64,close,statx,newfstatat,getdents64,access,faccessat2,readlink,lseek,flock";

    /// <summary>The calls that are traced, as <c>strace</c> takes them.</summary>
    public static string Traced(bool all) => all ? $"{Changing},{Looking}" : Changing;

    /// <summary>Whether a process killed before it may leave something else than one killed before the next: what only
    /// looks leaves the same.</summary>
    public bool Changes => Name != "openat" ? Changing.Split(',').Contains(Name) : Text.EndsWith(" O_CREAT", StringComparison.Ordinal);

    /// <summary>Whether it brings something to the disk itself.</summary>
    public bool Flushes => Name is "fsync" or "fdatasync";

    /// <summary>The calls of a trace that name the ledger's directory or what lies in it.</summary>
    public static List<TracedCall> Parse(IEnumerable<string> trace, string ledger)
    {
        var calls = new List<TracedCall>();
        var ordinals = new Dictionary<string, int>(StringComparer.Ordinal);
        var begun = 0;
        foreach (var line in trace)
        {
            if (Call().Match(line) is not { Success: true } match) continue;
            var name = match.Groups[1].Value;
            var ordinal = ordinals[name] = ordinals.GetValueOrDefault(name) + 1;
            if (line.Contains(ledger, StringComparison.Ordinal))
            {
                // Without the result: a call that was killed has none.
                var paths = Regex.Matches(line[..line.LastIndexOf(") ", StringComparison.Ordinal)].Replace(ledger, "LEDGER", StringComparison.Ordinal), "LEDGER[^\"<>]*").Select(m => m.Value);
                var text = $"{name} {Random().Replace(string.Join(' ', paths), "*")}{(line.Contains("O_CREAT", StringComparison.Ordinal) ? " O_CREAT" : "")}";
                calls.Add(new TracedCall(name, ordinal, text, line.Contains(") = -1 ", StringComparison.Ordinal), ""));
            }
            else if (Acknowledgement().Match(line) is { Success: true } acknowledged)
            {
                for (; begun < calls.Count; begun++) calls[begun] = calls[begun] with { Step = acknowledged.Groups[1].Value };
            }
        }
        return calls;
    }

    [GeneratedRegex(@"^(\w+)\(")]
    private static partial Regex Call();

    [GeneratedRegex(@"^write\(.*""ack (\w+)\\n""")]
    private static partial Regex Acknowledgement();

    [GeneratedRegex("[0-9a-f]{16,}")]
    private static partial Regex Random();
}
