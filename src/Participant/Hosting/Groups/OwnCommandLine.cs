using Ledger.Model.Groups;

namespace Ledger.Hosting;

/// <summary>How this process was started, so that it can be started again.</summary>
internal static class OwnCommandLine
{
    public static StartInfo StartInfo(int maxAttempts)
    {
        var words = Environment.GetCommandLineArgs();
        var program = Environment.ProcessPath ?? words[0];
        // As 'dotnet program.dll', or as a program of its own.
        var isHosted = Path.GetFileNameWithoutExtension(program) == "dotnet";
        return new StartInfo(program, [.. isHosted ? [Path.GetFullPath(words[0])] : Array.Empty<string>(), .. words.Skip(1)],
            Environment.CurrentDirectory, [], null, RestartPolicy.Default with { MaxAttempts = maxAttempts });
    }
}
