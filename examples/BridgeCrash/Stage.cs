using System.Globalization;
using Ledger;
using Ledger.Model;

namespace BridgeCrash;

/// <summary>Starts the three processes in a temporary ledger, kills the one in the middle, and looks whether all went as it
/// must.</summary>
internal static class Stage
{
    private const string Name = "stage";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    public static async Task<int> RunAsync()
    {
        using var stop = new CancellationTokenSource(Limit, TimeProvider.System);
        Console.CancelKeyPress += (_, key) =>
        {
            key.Cancel = true;
            stop.Cancel();
        };
        var root = Directory.CreateTempSubdirectory("bridge-crash-").FullName;
        try
        {
            return await PlayAsync(Path.Combine(root, "ledger"), new Narrator(), stop.Token) ? 0 : 1;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"Stopped, or not over after {Limit.TotalSeconds} s.");
            return 1;
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static async Task<bool> PlayAsync(string path, Narrator narrator, CancellationToken cancellationToken)
    {
        var ledger = await LedgerDirectory.OpenAsync(new LedgerOptions { Path = path }, cancellationToken);
        await using var participant = await ledger.JoinAsync("supervisor", cancellationToken);
        var watch = new BridgeWatch(line => narrator.Say("supervisor", line));
        using var registration = await participant.RegisterSupervisorAsync(Bridge.Supervisor, watch);

        using var cli = await Child.StartAsync(Cli.Name, path, narrator.Say, cancellationToken);
        using var bridge = await Child.StartAsync(Bridge.Name, path, narrator.Say, cancellationToken);
        using var vsCode = await Child.StartAsync(VsCode.Name, path, narrator.Say, cancellationToken);
        await watch.Started.WaitAsync(cancellationToken);
        var directory = ledger.Read(Role.Operation).Stack.Values.Single(f => f.CallId == Bridge.Call).Resources[0].Path;
        var wasThere = Directory.Exists(directory);

        narrator.Say(Name, $"kill -9 {bridge.Pid}");
        bridge.Kill();
        var codes = (Cli: await cli.ExitAsync(cancellationToken), VsCode: await vsCode.ExitAsync(cancellationToken));

        var end = ledger.Read(Role.Operation);
        narrator.Say(Name, $"the operation is {end.StatusText}");
        var handle = bridge.Pid.ToString(CultureInfo.InvariantCulture);
        return Judge(narrator,
            ("the CLI was told that no answer will come, and ended", codes.Cli == 0),
            ("VSCode was told, closed its editor, and ended", codes.VsCode == 0),
            ("the supervisor was told once, by the handle it knows", watch.Crashed.SequenceEqual([handle])),
            ("the Bridge's half file is gone", wasThere && !Directory.Exists(directory)),
            ("the operation failed, and its history names the Bridge",
                end is { Status: OperationStatus.Failed, Cause.ParticipantId: Bridge.Name }),
            ("nothing is left on the stack, nothing was left behind", end.Stack.IsEmpty && end.LeftBehind.IsEmpty));
    }

    private static bool Judge(Narrator narrator, params (string What, bool Holds)[] checks)
    {
        Console.WriteLine();
        foreach (var (what, holds) in checks) narrator.Check(what, holds);
        return checks.All(c => c.Holds);
    }
}
