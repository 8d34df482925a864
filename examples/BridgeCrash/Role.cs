using Ledger;

namespace BridgeCrash;

/// <summary>What the three processes have in common: each is a participant of the same ledger.</summary>
internal static class Role
{
    public const string Operation = "explain-this-code";

    public static async Task<int> PlayAsync(string role, string ledgerPath)
    {
        EndWithTheStage();
        var ledger = await LedgerDirectory.OpenAsync(new LedgerOptions { Path = ledgerPath, Create = false });
        await using var participant = await ledger.JoinAsync(role);
        return role switch
        {
            Cli.Name => await Cli.RunAsync(participant),
            Bridge.Name => await Bridge.RunAsync(participant),
            VsCode.Name => await VsCode.RunAsync(participant),
            _ => throw new ArgumentException($"There is no role '{role}'."),
        };
    }

    public static void Say(string line) => Console.WriteLine(line);

    /// <summary>Standard input ends when the stage does, however it ends: nobody stays behind.</summary>
    private static void EndWithTheStage()
    {
        var reader = new Thread(() =>
        {
            Console.In.ReadToEnd();
            Environment.Exit(1);
        });
        reader.IsBackground = true;
        reader.Start();
    }
}
