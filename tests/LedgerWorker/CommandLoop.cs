using System.Globalization;
using Ledger.Model;

namespace Ledger.Worker;

/// <summary>Carries out one command a line and answers with one line; what it is told of in between is said at
/// once.</summary>
internal sealed class CommandLoop(LedgerParticipant participant, TextWriter output)
{
    private readonly TextWriter output = TextWriter.Synchronized(output);
    private readonly Dictionary<string, Call> calls = [];
    private GroupVerbs? group;
    private Operation? operation;

    public void Say(string line) => output.WriteLine(line);

    public async Task RunAsync(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        try
        {
            Say($"ok {words[0]} {await DispatchAsync(words)}".TrimEnd());
        }
        catch (Exception e) when (e is LedgerException or ArgumentException or InvalidOperationException or TimeoutException)
        {
            Say($"error {words[0]} {e.GetType().Name} {e.Message}");
        }
    }

    private async Task<string> DispatchAsync(string[] words)
    {
        switch (words[0])
        {
            case "create":
                Follow(operation = await participant.CreateOperationAsync(words[1]));
                return "";
            case "join":
                Follow(operation = await participant.JoinOperationAsync(words[1]));
                return "";
            case "call":
                return await StartAsync(words);
            case "end":
                await calls[words[1]].EndAsync();
                return words[1];
            case "fail":
                await calls[words[1]].FailAsync(string.Join(' ', words[2..]));
                return words[1];
            case "guard":
                _ = WatchAsync(words[1], TimeSpan.FromMilliseconds(int.Parse(words[2], CultureInfo.InvariantCulture)));
                return words[1];
            case "complete":
                await operation!.CompleteAsync();
                return "";
            case "abort":
                return (await operation!.AbortAsync(words[1])).ToString();
            case "leave":
                await operation!.LeaveAsync();
                return "";
            case "supervise":
                await participant.RegisterSupervisorAsync(words[1], new TellingSupervisor(this));
                return words[1];
            case "group":
                return await (group = new GroupVerbs(participant, Say)).JoinAsync(words[1]);
            case "send":
                return await group!.SendAsync(words[1], words[2], words[3]);
            case "write":
                return await WriteAsync(words[1], int.Parse(words[2], CultureInfo.InvariantCulture));
            default:
                throw new ArgumentException($"Unknown command {words[0]}.");
        }
    }

    private void Follow(Operation joined)
    {
        joined.CleanupToken.Register(() => Say($"stopping {joined.Id}"));
        _ = Tell(joined);

        async Task Tell(Operation o)
        {
            var end = await o.WaitForTerminalAsync();
            Say($"terminal {o.Id} {Wire.Name(end.Status)} {(end.Cause is { } c ? Wire.Name(c.Type) : "-")}");
        }
    }

    private async Task<string> StartAsync(string[] words)
    {
        var options = new CallOptions { CleanupBound = TimeSpan.FromSeconds(5) };
        foreach (var word in words[2..])
        {
            var value = word[(word.IndexOf('=', StringComparison.Ordinal) + 1)..];
            options = word.Split('=')[0] switch
            {
                "caller" => options with { CallerId = value },
                "supervisor" => options with { SupervisorId = value },
                "contain" => options with { FailOnCrash = false },
                _ => options,
            };
        }
        var call = calls[words[1]] = await operation!.StartCallAsync(words[1], options);
        call.CancellationToken.Register(() => Say($"told {call.CallId} {Wire.Name(call.Cancellation!.Type)}"));
        call.OnCleanup(c =>
        {
            Say($"cleanup {call.CallId} {Wire.Name(c.Cause.Type)}{(c.Fenced ? " fenced" : "")}");
            return words.Contains("hang") ? new ValueTask(Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System)) : ValueTask.CompletedTask;
        });
        return $"{call.CallId} {call.FencingToken} {(words.Contains("temp") ? await call.GetTemporaryDirectoryAsync() : "-")}";
    }

    /// <summary>Waits, as the named call, for a callee that never answers.</summary>
    private async Task WatchAsync(string callId, TimeSpan timeout)
    {
        try
        {
            await operation!.GuardAsync<int>(
                async t =>
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, t);
                    return 0;
                }, calls[callId], timeout);
        }
        catch (Exception e) when (e is CalleeCrashedException or TimeoutException)
        {
            Say($"guarded {callId} {(e is CalleeCrashedException c ? Wire.Name(c.Cause.Type) : "timeout")}");
        }
    }

    /// <summary>Short calls, one after another; each is said once it is acknowledged.</summary>
    private async Task<string> WriteAsync(string prefix, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var call = await operation!.StartCallAsync($"{prefix}-{i}", new CallOptions { FailOnCrash = false });
            Say($"acked {call.CallId} {call.FencingToken}");
            await call.EndAsync();
        }
        return prefix;
    }

    private sealed class TellingSupervisor(CommandLoop loop) : ISupervisor
    {
        public ValueTask OnCallStartedAsync(SupervisedCall call, CancellationToken cancellationToken) =>
            Say($"supervised-start {call.Handle}");

        public ValueTask OnCallEndedAsync(SupervisedCall call, CancellationToken cancellationToken) =>
            Say($"supervised-end {call.Handle}");

        public ValueTask OnCallCrashedAsync(CrashedCall crash, CancellationToken cancellationToken) =>
            Say($"supervised-crash {crash.Call.Handle} {Wire.Name(crash.Evidence)} repeat={crash.Repeat} cleaned={crash.AlreadyCleaned}");

        private ValueTask Say(string line)
        {
            loop.Say(line);
            return ValueTask.CompletedTask;
        }
    }
}
