namespace Ledger.CrashTests;

/// <summary>The command under test: this build's, or the published one that COMMAND_UNDER_TEST names by its absolute
/// path.</summary>
internal static class OwnCommand
{
    public static IReadOnlyList<string> Words { get; } =
        Environment.GetEnvironmentVariable("COMMAND_UNDER_TEST") is { Length: > 0 } published
            ? [published] : ["dotnet", "exec", Path.Combine(AppContext.BaseDirectory, "Ledger.Cli.dll")];
}
