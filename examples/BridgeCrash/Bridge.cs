using System.Globalization;
using Ledger;

namespace BridgeCrash;

/// <summary>The one in the middle: it has a file open and a call in flight when it is killed.</summary>
internal static class Bridge
{
    public const string Name = "Bridge";
    public const string Call = "bridge";
    public const string Supervisor = "bridge-watch";

    public static async Task<int> RunAsync(LedgerParticipant participant)
    {
        await using var operation = await participant.JoinOperationAsync(Role.Operation);
        var call = await operation.StartCallAsync(Call, new CallOptions
        {
            CallerId = Cli.Call,
            SupervisorId = Supervisor,
            SupervisorHandle = Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
        });
        var directory = await call.GetTemporaryDirectoryAsync();
        await File.WriteAllTextAsync(Path.Combine(directory, "context.json"), "half of a conte");
        Role.Say("passes the question on; it has half a file in its temporary directory");
        await operation.WaitForTerminalAsync();
        return 1;
    }
}
