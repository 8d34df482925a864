using Ledger.Model;

namespace Ledger.Cli.Doctor;

/// <summary>What one look at a directory brought.</summary>
/// <param name="Name">A contract, as the names of fields are.</param>
/// <param name="Ok">False when it keeps the directory from being shared well.</param>
/// <param name="Detail">What was found, in words; with the remedy if it is not well.</param>
internal sealed record Check(string Name, bool Ok, string Detail)
{
    /// <summary>Runs a check; what the file system refuses is its finding.</summary>
    public static async Task<Check> RunAsync(string name, Func<Task<Check>> check)
    {
        try
        {
            return await check();
        }
        catch (Exception e) when (e is LedgerException or IOException or UnauthorizedAccessException)
        {
            return new Check(name, false, e.Message);
        }
    }

    public static Task<Check> RunAsync(string name, Func<Check> check) => RunAsync(name, () => Task.FromResult(check()));
}
