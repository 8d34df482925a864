using System.Diagnostics;

namespace Ledger.Cli.Shared;

/// <summary>This program again, as a helper that is told what to do on standard input.</summary>
internal static class OwnProgram
{
    public static Process Start(IEnumerable<string> arguments)
    {
        var words = Words();
        var start = new ProcessStartInfo(words[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        // A killed process could not remove the sockets it would be debugged by.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        foreach (var argument in words.Skip(1).Concat(arguments)) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    /// <summary>What starts it: 'dotnet Ledger.Cli.dll', or a tool of its own.</summary>
    public static IReadOnlyList<string> Words()
    {
        var program = Environment.ProcessPath ?? throw new InvalidOperationException("This process does not know its own program.");
        return Path.GetFileNameWithoutExtension(program) == "dotnet"
            ? [program, Path.Combine(AppContext.BaseDirectory, "Ledger.Cli.dll")] : [program];
    }
}
