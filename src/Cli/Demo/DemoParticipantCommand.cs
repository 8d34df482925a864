using System.CommandLine;
using Ledger.Cli.Shared;
using Ledger.Log;
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
        var commands = new Commands(parentGone);
        var ledger = await invocation.OpenAsync(cancellationToken);
        var name = invocation.Get(Id)!;
        await using var participant = await ledger.JoinAsync(name, cancellationToken);
        Say("ready");
        await commands.NextAsync(parentGone.Token);
        await using var operation = invocation.Get(Caller) is null
            ? await participant.CreateOperationAsync(DemoStage.OperationId, cancellationToken: cancellationToken)
            : await participant.JoinOperationAsync(DemoStage.OperationId, cancellationToken);
        using var told = operation.CleanupToken.Register(() => Say("told", "is told: the operation failed"));
        var call = await operation.StartCallAsync(name, new CallOptions { CallerId = invocation.Get(Caller) }, cancellationToken);
        call.OnCleanup(context =>
        {
            Say("cleaning", $"cleans up: {context.Cause}");
            return ValueTask.CompletedTask;
        });
        var file = Path.Combine(invocation.Get(Files)!, $"{name}.tmp");
        await call.RegisterPathAsync(file, directory: false, deleteAtEnd: true, cancellationToken: cancellationToken);
        await File.WriteAllTextAsync(file, "half a result", cancellationToken);
        Say("started");
        var end = operation.WaitForTerminalAsync(parentGone.Token);
        await ObeyAsync(commands, operation, call, end, parentGone.Token);
        var result = await end;
        await SayHowItEndedAsync(operation, call, result);
        return ExitCodes.Done;
    }

    private static async Task ObeyAsync(
        Commands commands, Operation operation, Call call, Task end, CancellationToken cancellationToken)
    {
        while (true)
        {
            var next = commands.NextAsync(cancellationToken);
            if (await Task.WhenAny(next, end) == end) return;
            switch (await next)
            {
                case "end":
                    await call.EndAsync(cancellationToken);
                    Say("returned");
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
        Say("ended", $"sees the end: {state.StatusText}");
        if (result.IsCompleted || state.Members[operation.Participant.Incarnation].Status != MemberStatus.Crashed) return;
        try
        {
            await call.EndAsync();
        }
        catch (FencedException e)
        {
            Say("fenced", $"woke up, tried to go on, and was refused: {e.Message}");
        }
    }

    private static void Say(string kind, string? text = null) => Console.Out.WriteLine(JsonLines.Object(w =>
        w.Field("event", kind).Field("text", text).Field("at", TimeProvider.System.GetTimestamp())));

    /// <summary>Lines on standard input, read by a thread of its own: it ends with whoever started this.</summary>
    private sealed class Commands
    {
        private readonly System.Threading.Channels.Channel<string> lines = System.Threading.Channels.Channel.CreateUnbounded<string>();

        public Commands(CancellationTokenSource parentGone)
        {
            new Thread(() => Read(parentGone)) { IsBackground = true, Name = "demo commands" }.Start();
        }

        public Task<string> NextAsync(CancellationToken cancellationToken) => lines.Reader.ReadAsync(cancellationToken).AsTask();

        private void Read(CancellationTokenSource parentGone)
        {
            while (Console.In.ReadLine() is { } line) lines.Writer.TryWrite(line);
            parentGone.Cancel();
        }
    }
}
