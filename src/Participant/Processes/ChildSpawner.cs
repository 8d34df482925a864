using System.Globalization;
using System.Runtime.InteropServices;
using Ledger.Model;
using Ledger.Platform;

namespace Ledger.Hosting.Processes;

/// <summary>The two processes of a command that was started, and this process's ends of their pipes. Without a lifeline: 0
/// and -1.</summary>
internal readonly record struct SpawnedChild(int Pid, int Gate, int LifelinePid, int Lifeline);

/// <summary>Starts the gate and its lifeline.</summary>
internal static class ChildSpawner
{
    private const string Shell = "/bin/sh";
    private const int FirstFree = 3;

    // Shells need only understand descriptors of one digit.
    private const int LastGate = 9;

    /// <summary>Both, or an exception and neither.</summary>
    public static SpawnedChild Start(ChildCommandOptions options)
    {
        Check(options);
        var variables = ChildEnvironment.Build(options.Environment);
        var (gateRead, gateWrite) = Pipe();
        var pid = 0;
        try
        {
            pid = SpawnGate(options, variables, gateRead);
            Libc.CloseDescriptor(gateRead);
            gateRead = -1;
            if (options.Outlives) return new SpawnedChild(pid, gateWrite, 0, -1);
            var (lifelinePid, lifeline) = StartLifeline(pid, variables);
            return new SpawnedChild(pid, gateWrite, lifelinePid, lifeline);
        }
        catch (Exception)
        {
            if (gateRead >= 0) Libc.CloseDescriptor(gateRead);
            Libc.CloseDescriptor(gateWrite);
            if (pid > 0)
            {
                _ = Libc.Kill(pid, Signals.Kill);
                Libc.Reap(pid);
            }

            throw;
        }
    }

    private static int SpawnGate(ChildCommandOptions options, Dictionary<string, string> variables, int gateRead)
    {
        var gate = Enumerable.Range(FirstFree, LastGate - FirstFree + 1).First(each => !options.PassDescriptors.Contains(each));
        var words = ChildEnvironment.Words(options.Path, options.Arguments, variables);
        return Spawn(new SpawnRequest
        {
            Arguments = options.WorkingDirectory is { } directory
                ? [Shell, "-c", ChildScripts.GateElsewhere(gate), "ledger-gate", directory, .. words]
                : [Shell, "-c", ChildScripts.Gate(gate), "ledger-gate", .. words],
            Environment = ChildEnvironment.Lines(variables),
            NewSession = options.Outlives,
            NullInput = options.NullInput,
            Duplicate =
            [
                // First, as their numbers may be the one that the gate gets.
                .. Streams(options),
                (gateRead, gate), .. options.PassDescriptors.Select(each => (each, each)), .. Standard(options),
            ],
            Close = [.. OpenDescriptors().Where(each => each != gate && !options.PassDescriptors.Contains(each))],
        });
    }

    private static (int Pid, int WriteEnd) StartLifeline(int group, Dictionary<string, string> variables)
    {
        var (readEnd, writeEnd) = Pipe();
        try
        {
            return (SpawnLifeline(group, variables, readEnd), writeEnd);
        }
        catch (LedgerException)
        {
            Libc.CloseDescriptor(writeEnd);
            throw;
        }
        finally
        {
            Libc.CloseDescriptor(readEnd);
        }
    }

    private static int SpawnLifeline(int group, Dictionary<string, string> variables, int readEnd) =>
        Spawn(new SpawnRequest
        {
            Arguments =
            [
                Shell, "-c", ChildScripts.Lifeline, "ledger-lifeline", group.ToString(CultureInfo.InvariantCulture),
            ],
            Environment = [.. ChildEnvironment.Lines(variables), $"{ProcessVariables.Lifeline}=1"],
            ProcessGroup = group,
            Duplicate = [(readEnd, 0)],
            // It must not keep the command's output open.
            NullOutput = [1, 2],
            Close = [.. OpenDescriptors()],
            BlockSignals = true,
        });

    /// <summary>The standard streams that are not this process's.</summary>
    private static IEnumerable<(int From, int To)> Streams(ChildCommandOptions options)
    {
        if (options.Input is { } input) yield return (input, 0);
        if (options.Output is { } output) yield return (output, 1);
        if ((options.Errors ?? options.Output) is { } errors) yield return (errors, 2);
    }

    /// <summary>What is passed on without asking: on macOS the rest is closed by default.</summary>
    private static IEnumerable<(int, int)> Standard(ChildCommandOptions options)
    {
        if (!OperatingSystem.IsMacOS()) return [];
        var others = Streams(options).Select(each => each.To).ToHashSet();
        return Enumerable.Range(0, FirstFree).Where(each => !others.Contains(each)).Select(each => (each, each));
    }

    /// <summary>Also those this process inherited itself, which nobody marked to be closed.</summary>
    private static List<int> OpenDescriptors()
    {
        const string folder = "/proc/self/fd";
        if (!Directory.Exists(folder)) return [];
        return
        [
            .. Directory.EnumerateFileSystemEntries(folder)
                .Select(path => int.Parse(path.AsSpan(folder.Length + 1), CultureInfo.InvariantCulture))
                .Where(each => each >= FirstFree),
        ];
    }

    private static int Spawn(SpawnRequest request)
    {
        var error = Libc.Spawn(request, out var pid);
        return error == 0 ? pid : throw Failed("start the command's process group", error);
    }

    private static (int Read, int Write) Pipe()
    {
        var error = Libc.CreatePipe(out var read, out var write);
        return error == 0 ? (read, write) : throw Failed("create a pipe to the command", error);
    }

    private static LedgerException Failed(string what, int error) =>
        new($"Could not {what}: {Marshal.GetPInvokeErrorMessage(error)} (error {error}). Nothing was started.");

    private static void Check(ChildCommandOptions options)
    {
        var changes = options.Environment;
        var words = options.Arguments.Append(options.Path).Concat(changes.Keys).Concat(changes.Values)
            .Append(options.WorkingDirectory);
        if (words.Any(word => word?.Contains('\0', StringComparison.Ordinal) == true))
            throw new ArgumentException("A command, its arguments and variables cannot contain a null character.", nameof(options));
        if (!options.Path.Contains('/', StringComparison.Ordinal))
            throw new ArgumentException($"'{options.Path}' is a name; look up its file first.", nameof(options));
        if (options.PassDescriptors.Any(each => each < FirstFree))
            throw new ArgumentException("Descriptors 0, 1 and 2 are always passed on.", nameof(options));
        if (Enumerable.Range(FirstFree, LastGate - FirstFree + 1).All(options.PassDescriptors.Contains))
            throw new ArgumentException("One descriptor from 3 to 9 must stay free.", nameof(options));
    }
}
