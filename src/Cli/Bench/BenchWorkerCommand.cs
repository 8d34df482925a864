using System.CommandLine;
using System.Globalization;
using Ledger.Cli.Shared;
using Ledger.Model;

namespace Ledger.Cli.Bench;

/// <summary>One of the benchmarks' processes: a participant that does what it is told, a line at a time.</summary>
internal sealed class BenchWorkerCommand : IAsyncDisposable
{
    public const string Name = "bench-worker";

    private static readonly Option<string> Id = new("--name") { Required = true };

    private readonly LedgerDirectory ledger;
    private readonly LedgerParticipant self;
    private readonly CancellationToken gone;
    private readonly Dictionary<string, Operation> operations = [];
    private readonly List<LedgerParticipant> crowd = [];
    private int commits;

    private BenchWorkerCommand(LedgerDirectory ledger, LedgerParticipant self, CancellationToken gone) =>
        (this.ledger, this.self, this.gone) = (ledger, self, gone);

    public static Command Create()
    {
        var command = new Command(Name, "One of the benchmarks' processes.") { Id };
        command.Hidden = true;
        return command.Does(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var each in crowd) await each.DisposeAsync();
        await self.DisposeAsync();
    }

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        // Not disposed of: the thread that reads may fire it at any later moment.
        var parentGone = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var parent = new Parent(parentGone);
        var ledger = await invocation.OpenAsync(cancellationToken);
        var participant = await ledger.JoinAsync(invocation.Get(Id)!, cancellationToken);
        await using var worker = new BenchWorkerCommand(ledger, participant, parentGone.Token);
        Parent.Say("ready");
        try
        {
            while (true) await worker.ObeyAsync((await parent.NextAsync(parentGone.Token)).Split(' '));
        }
        catch (OperationCanceledException) when (parentGone.IsCancellationRequested)
        {
            return ExitCodes.Done;
        }
    }

    private async Task ObeyAsync(string[] words)
    {
        switch (words)
        {
            case ["create", var id]:
                await TakePartAsync(await self.CreateOperationAsync(id, cancellationToken: gone));
                break;
            case ["join", var id]:
                await TakePartAsync(await self.JoinOperationAsync(id, gone));
                break;
            case ["call", var id, .. var caller]:
                await operations[id].StartCallAsync(self.Id, new CallOptions { CallerId = caller.FirstOrDefault() }, gone);
                Parent.Say($"called {id}");
                break;
            case ["listen", var id]:
                _ = ListenAsync(operations[id]);
                break;
            case ["commit", var id, var count]:
                Commit(operations[id], int.Parse(count, CultureInfo.InvariantCulture));
                break;
            case ["operations", var count]:
                await HoldAsync(int.Parse(count, CultureInfo.InvariantCulture));
                break;
            case ["crowd", var id, var count]:
                await CrowdAsync(id, int.Parse(count, CultureInfo.InvariantCulture));
                break;
            default:
                throw new ArgumentException($"unknown command '{string.Join(' ', words)}'");
        }
    }

    private Task TakePartAsync(Operation operation)
    {
        operations[operation.Id] = operation;
        _ = TellAsync(operation);
        Parent.Say($"joined {operation.Id}");
        return Task.CompletedTask;
    }

    /// <summary>Says when it is told of the crash, and of the end. The operation is closed then: that is what programs do.</summary>
    private async Task TellAsync(Operation operation)
    {
        await operation.WaitForCleanupAsync(gone);
        Parent.Say($"told {operation.Id}");
        await operation.WaitForTerminalAsync(gone);
        Parent.Say($"ended {operation.Id}");
        await operation.DisposeAsync();
    }

    private async Task ListenAsync(Operation operation)
    {
        var after = (await operation.ReadAsync(gone)).Position;
        Parent.Say($"listening {operation.Id}");
        await foreach (var change in operation.StateChanges(after, gone))
        {
            if (change.Entry.Data is CallStarted start) Parent.Say($"heard {start.CallId}");
        }
    }

    private void Commit(Operation operation, int count)
    {
        var begin = TimeProvider.System.GetTimestamp();
        var samples = LogBenches.Commit(operation, $"{self.Id}-{++commits}-", count);
        var end = TimeProvider.System.GetTimestamp();
        Parent.Say($"committed {operation.Id} {commits}", string.Create(CultureInfo.InvariantCulture,
            $"{begin} {end} {samples.At(0.5)} {samples.At(0.99)}"));
    }

    private async Task HoldAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var operation = await self.CreateOperationAsync($"held{i}", cancellationToken: gone);
            await operation.StartCallAsync("waiting", cancellationToken: gone);
        }
        Parent.Say("holding");
    }

    private async Task CrowdAsync(string id, int count)
    {
        await self.JoinOperationAsync(id, gone);
        for (var i = 0; i < count; i++)
        {
            crowd.Add(await ledger.JoinAsync($"{self.Id}-{i}", gone));
            await crowd[^1].JoinOperationAsync(id, gone);
        }
        Parent.Say("crowded");
    }
}
