using Ledger.Platform;

namespace Ledger.Hosting.Processes;

/// <summary>Whether a command can be run.</summary>
internal enum CommandFound
{
    /// <summary>Yes.</summary>
    Yes,

    /// <summary>No such file; by convention exit code 127.</summary>
    NotFound,

    /// <summary>A file is there, but it is a directory or may not be executed; by convention exit code 126.</summary>
    NotExecutable,
}

/// <summary>Finds the file of a command as a shell does, before anything is started.</summary>
/// <param name="Found">Whether it can be run.</param>
/// <param name="Path">The file, with at least one slash; null when it was not found.</param>
internal sealed record CommandLookup(CommandFound Found, string? Path)
{
    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>Looks along <paramref name="searchPath"/> (the value of PATH; null when it is not set), or at the command
    /// itself when it has a slash. An empty entry of the path is the working directory.</summary>
    public static CommandLookup Find(string command, string? searchPath)
    {
        if (command.Length == 0) return new(CommandFound.NotFound, null);
        if (command.Contains('/', StringComparison.Ordinal))
        {
            var own = Look(command);
            return new(own, own == CommandFound.NotFound ? null : command);
        }

        string? refused = null;
        foreach (var directory in (searchPath ?? DefaultPath).Split(':'))
        {
            var path = $"{(directory.Length == 0 ? "." : directory)}/{command}";
            var found = Look(path);
            if (found == CommandFound.Yes) return new(found, path);
            if (found == CommandFound.NotExecutable) refused ??= path;
        }

        return refused is null ? new(CommandFound.NotFound, null) : new(CommandFound.NotExecutable, refused);
    }

    private static CommandFound Look(string path)
    {
        if (!Libc.MayExecute(path, out var error))
            return error is Libc.NoEntry or Libc.NotADirectory ? CommandFound.NotFound : CommandFound.NotExecutable;
        return Directory.Exists(path) ? CommandFound.NotExecutable : CommandFound.Yes;
    }
}
