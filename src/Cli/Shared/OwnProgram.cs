using System.Diagnostics;

namespace Ledger.Cli.Shared;

/// <summary>This program again, as a helper that is told what to do on standard input.</summary>
internal static class OwnProgram
{
    public static Process Start(IEnumerable<string> arguments)
    {
        var program = Environment.ProcessPath ?? throw new InvalidOperationException("This process does not know its own program.");
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        // A killed process could not remove the sockets it would be debugged by.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        var assembly = Path.Combine(AppContext.BaseDirectory, "Ledger.Cli.dll");
        // As 'dotnet Ledger.Cli.dll', or as a tool of its own.
        if (Path.GetFileNameWithoutExtension(program) == "dotnet") start.ArgumentList.Add(assembly);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }
}
