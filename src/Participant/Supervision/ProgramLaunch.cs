using Ledger.Hosting.Processes;
using Ledger.Model.Groups;
using Ledger.Platform;
using Ledger.Platform.Programs;
using Microsoft.Win32.SafeHandles;

namespace Ledger.Hosting.Supervision;

/// <summary>Looks whether a program can be started, so that what is missing is told by its name before anything runs.</summary>
internal static class ProgramLaunch
{
    private const int OutputMode = 0x180;

    // The init system speaks to this process, not to what it starts.
    private static readonly string[] NotPassedOn = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"];

    /// <summary>What to start, or null and why not. The caller closes <paramref name="output"/> once it was started.</summary>
    public static ChildCommandOptions? Prepare(ProgramStart start, out SafeFileHandle? output, out SpawnFailure? failure)
    {
        output = null;
        var variables = Variables(start);
        failure = CheckWords(start, variables);
        if (failure is not null) return null;
        var directory = Path.GetFullPath(start.WorkingDirectory ?? Environment.CurrentDirectory);
        failure = CheckDirectory(directory);
        if (failure is not null) return null;
        var command = Find(start.Words[0], directory, variables, out failure);
        if (command is null) return null;
        output = OpenOutput(start, directory, out failure);
        if (failure is not null) return null;
        return new ChildCommandOptions
        {
            Path = command,
            Arguments = [.. start.Words.Skip(1)],
            WorkingDirectory = directory,
            Environment = variables,
            Output = (int?)output?.DangerousGetHandle(),
            NullInput = start.NoInput || start.Mode == SupervisorMode.Independent || start.Output != ProgramOutput.Inherit,
            Outlives = start.Mode == SupervisorMode.Independent,
            Marks = start.Owner.Marks,
        };
    }

    private static Dictionary<string, string?> Variables(ProgramStart start)
    {
        var all = NotPassedOn.ToDictionary(name => name, _ => (string?)null, StringComparer.Ordinal);
        // A program that is started within a call is no part of it.
        all[ProcessVariables.Operation] = null;
        all[ProcessVariables.Call] = null;
        foreach (var (name, value) in start.Environment) all[name] = value;
        foreach (var (name, value) in start.Owner.Marks) all[name] = value;
        all[ProcessVariables.Mode] = start.Mode.Word();
        return all;
    }

    private static SpawnFailure? CheckWords(ProgramStart start, Dictionary<string, string?> variables)
    {
        if (start.Words.Count == 0 || start.Words[0].Length == 0)
            return new SpawnFailure(SpawnStep.Words, "there is no command");
        var words = start.Words.Append(start.WorkingDirectory).Append(start.OutputFile)
            .Concat(variables.Keys).Concat(variables.Values);
        if (words.Any(word => word?.Contains('\0', StringComparison.Ordinal) == true))
            return new SpawnFailure(SpawnStep.Words, "a word or a variable has a null character in it");
        return variables.Keys.FirstOrDefault(name => name.Length == 0 || name.Contains('=', StringComparison.Ordinal)) is { } wrong
            ? new SpawnFailure(SpawnStep.Words, $"'{wrong}' cannot be the name of a variable")
            : null;
    }

    private static SpawnFailure? CheckDirectory(string directory)
    {
        if (!Directory.Exists(directory))
        {
            var reason = File.Exists(directory) ? "is not a directory" : "does not exist";
            return new SpawnFailure(SpawnStep.WorkingDirectory, $"the working directory {directory} {reason}");
        }

        return Libc.MayExecute(directory, out var error)
            ? null
            : new SpawnFailure(
                SpawnStep.WorkingDirectory, $"the working directory {directory} cannot be entered: {Errno.Describe(error)}");
    }

    private static string? Find(
        string command, string directory, Dictionary<string, string?> variables, out SpawnFailure? failure)
    {
        var isPath = command.Contains('/', StringComparison.Ordinal);
        var searched = variables.TryGetValue("PATH", out var own) ? own : Environment.GetEnvironmentVariable("PATH");
        var found = CommandLookup.Find(isPath ? Path.Combine(directory, command) : command, searched);
        failure = found.Found switch
        {
            CommandFound.Yes => null,
            CommandFound.NotFound => new SpawnFailure(SpawnStep.CommandMissing, $"there is no command '{command}'"),
            _ => new SpawnFailure(SpawnStep.CommandNotExecutable, $"'{found.Path}' cannot be executed"),
        };
        // An entry of PATH that is not absolute was looked up from here, not from the working directory.
        return failure is null ? Path.GetFullPath(found.Path!) : null;
    }

    private static SafeFileHandle? OpenOutput(ProgramStart start, string directory, out SpawnFailure? failure)
    {
        failure = null;
        if (start.Output == ProgramOutput.Inherit) return null;
        var isFile = start.Output == ProgramOutput.File;
        if (isFile && string.IsNullOrEmpty(start.OutputFile))
        {
            failure = new SpawnFailure(SpawnStep.Output, "the output goes to a file, and none is named");
            return null;
        }

        var path = isFile ? Path.Combine(directory, start.OutputFile!) : "/dev/null";
        var flags = Libc.WriteOnly | (isFile ? Libc.Create | Libc.Append | Libc.NoFollow : 0);
        var file = Libc.Open(path, flags, OutputMode, out var error);
        if (file is null)
            failure = new SpawnFailure(SpawnStep.Output, $"the file for the output, {path}, cannot be opened: {Errno.Describe(error)}");
        return file;
    }
}
