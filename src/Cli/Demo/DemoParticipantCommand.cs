using System.CommandLine;
using Ledger.Cli.Shared;
using Ledger.Model;

namespace Ledger.Cli.Demo;

/// <summary>One of the demo's processes, started by the demo itself: makes its call when told to, holds a temporary file, and
/// says what it sees.</summary>
internal static class DemoParticipantCommand
{
    public const string Name = "demo-participant";

    private static readonly Option<string> Id = new("--name") { Required = true };

    private static readonly Option<string?> Caller = new("--caller");

    private static readonly Option<string> Files = new("--files") { Required = true };

    public static Command Create()
    {
        var command = new Command(Name, "One of the demo's processes.") { Id, Caller, Files };
        command.Hidden = true;
        return command.Does(RunAsync);
    }

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        // Not disposed of: the thread that reads may fire it at any later moment.
        var parentGone = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var commands = new Parent(parentGone);
        var ledger = await invocation.OpenAsync(cancellationToken);
        var name = invocation.Get(Id)!;
        await using var participant = await ledger.JoinAsync(name, cancellationToken);
        Parent.Say("ready");
        await commands.NextAsync(parentGone.Token);
        await using var operation = invocation.Get(Caller) is null
            ? await participant.CreateOperationAsync(DemoStage.OperationId, cancellationToken: cancellationToken)
            : await participant.JoinOperationAsync(DemoStage.OperationId, cancellationToken);
        using var told = operation.CleanupToken.Register(() => Parent.Say("told", "is told: the operation failed"));
        var call = await operation.StartCallAsync(name, new CallOptions { CallerId = invocation.Get(Caller) }, cancellationToken);
        call.OnCleanup(context =>
        {
            Parent.Say("cleaning", $"cleans up: {context.Cause}");
            return ValueTask.CompletedTask;
        });
        var file = Path.Combine(invocation.Get(Files)!, $"{name}.tmp");
        await call.RegisterPathAsync(file, directory: false, deleteAtEnd: true, cancellationToken: cancellationToken);
        await File.WriteAllTextAsync(file, "half a result", cancellationToken);
        Parent.Say("started");
        var end = operation.WaitForTerminalAsync(parentGone.Token);
        await ObeyAsync(commands, operation, call, end, parentGone.Token);
        var result = await end;
        await SayHowItEndedAsync(operation, call, result);
        return ExitCodes.Done;
    }

    private static async Task ObeyAsync(
        Parent commands, Operation operation, Call call, Task end, CancellationToken cancellationToken)
    {
        while (true)
        {
            var next = commands.NextAsync(cancellationToken);
            if (await Task.WhenAny(next, end) == end) return;
            switch (await next)
            {
                case "end":
                    await call.EndAsync(cancellationToken);
                    Parent.Say("returned");
                    break;
                case "complete":
                    await operation.CompleteAsync(cancellationToken);
                    break;
                case "abort":
                    await operation.AbortAsync("no longer wanted", cancellationToken);
                    break;
            }
        }
    }

    private static async Task SayHowItEndedAsync(Operation operation, Call call, OperationResult result)
    {
        var state = await operation.ReadAsync();
        Parent.Say("ended", $"sees the end: {state.StatusText}");
        if (result.IsCompleted || state.Members[operation.Participant.Incarnation].Status != MemberStatus.Crashed) return;
        try
        {
            await call.EndAsync();
        }
        catch (FencedException e)
        {
            Parent.Say("fenced", $"woke up, tried to go on, and was refused: {e.Message}");
        }
    }
}
