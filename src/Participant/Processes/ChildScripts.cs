using System.Globalization;

namespace Ledger.Hosting.Processes;

/// <summary>The two shell scripts beside a command. They use nothing but POSIX sh, <c>sleep</c>, and /proc if it is
/// there.</summary>
internal static class ChildScripts
{
    /// <summary>Waits for one line on a descriptor, then becomes the command: same pid, same group. End of file means that
    /// the wrapper died, or gave up.</summary>
    public static string Gate(int descriptor) => string.Create(CultureInfo.InvariantCulture, $"""
        IFS= read -r word <&{descriptor} && [ "$word" = go ] || exit 125
        exec {descriptor}<&-
        exec "$@"
        """);

    /// <summary>The same, in the directory <c>$1</c>.</summary>
    public static string GateElsewhere(int descriptor) => $"""
        cd -- "$1" || exit 125
        shift
        {Gate(descriptor)}
        """;

    /// <summary>Reads a pipe whose other end only the wrapper has. When that closes, the wrapper is dead: ends the group,
    /// by KILL if it takes more than 3 s. <c>$1</c> is the group. Its last act is always KILL to the whole group, which
    /// takes its own helpers along.</summary>
    public const string Lifeline = """
        trap '' HUP INT QUIT USR1 USR2 ALRM PIPE TERM TSTP TTIN TTOU
        cd /
        others() {
            [ -r /proc/self/stat ] || return 0
            for file in /proc/[0-9]*/stat; do
                read -r line <"$file" || continue
                case $line in *') '*) ;; *) continue ;; esac
                set -- "$1" ${line##*) }
                [ "$4" = "$1" ] || continue
                case $2 in Z | X) continue ;; esac
                pid=${file#/proc/}
                pid=${pid%/stat}
                [ "$pid" = "$$" ] || [ "$3" = "$$" ] || [ "$3" = "$killer" ] || return 0
            done
            return 1
        }
        read -r word
        kill -TERM 0
        kill -CONT 0
        (sleep 3; kill -KILL 0) &
        killer=$!
        while others "$1"; do
            sleep 0.1 || sleep 1
        done
        kill -KILL 0
        """;
}
