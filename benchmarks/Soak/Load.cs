using System.Globalization;
using Ledger.Model;

namespace Ledger.Soak;

/// <summary>A participant: creates operations and joins those of others, calls, ends, fails, aborts and supervises at random,
/// until it is told to drain, and exits when its input ends. Says on standard output what happened.</summary>
internal sealed class Load(LedgerParticipant me, CancellationToken draining)
{
    /// <summary>Ids of supervisors; the first participants register them.</summary>
    public const int Supervisors = 3;

    private static readonly TimeSpan GuestsHaveLeft = TimeSpan.FromSeconds(5);

    private int operations;
    private int calls;
    private int refused;

    public static async Task<int> RunAsync(string path, string id, int seed)
    {
        var ledger = await LedgerDirectory.OpenAsync(new LedgerOptions { Path = path, Create = false, KillGrace = TimeSpan.FromSeconds(1) });
        await using var me = await ledger.JoinAsync(id);
        using var drain = new CancellationTokenSource();
        var load = new Load(me, drain.Token);
        if (int.Parse(id[1..], CultureInfo.InvariantCulture) is var number and < Supervisors)
            await me.RegisterSupervisorAsync($"s{number}", new Quiet(), new SupervisorOptions { RestartGrace = TimeSpan.FromSeconds(3) });
        Console.WriteLine($"ready {me.Incarnation}");
        var lanes = Task.WhenAll(
            load.RepeatAsync(load.InitiateAsync, new Random(seed)), load.RepeatAsync(load.VisitAsync, new Random(seed + 1)));
        _ = Task.Run(async () =>
        {
            await lanes;
            load.Tell("drained");
        });
        while (await Console.In.ReadLineAsync() is { } line)
        {
            if (line == "drain") await drain.CancelAsync();
        }
        await drain.CancelAsync();
        await lanes;
        return 0;
    }

    private async Task RepeatAsync(Func<Random, Task> turn, Random random)
    {
        await Task.Yield();
        while (!draining.IsCancellationRequested)
        {
            try
            {
                await turn(random);
            }
            catch (Exception e) when (e is ProposalRejectedException or FencedException or OperationNotFoundException
                or TimeoutException)
            {
                Interlocked.Increment(ref refused); // others were faster, or it was declared crashed while it was stopped
            }
#pragma warning disable CA1031 // whatever else comes is what a soak is for
            catch (Exception e)
#pragma warning restore CA1031
            {
                Console.WriteLine($"error {e.GetType().Name} {e.Message} {e.StackTrace?.ReplaceLineEndings(" ")}");
            }
            Tell("did");
            await PauseAsync(random, 400);
        }
    }

    private void Tell(string what) => Console.WriteLine($"{what} {Volatile.Read(ref operations)} {Volatile.Read(ref calls)} {Volatile.Read(ref refused)}");

    private async Task InitiateAsync(Random random)
    {
        await using var operation = await me.CreateOperationAsync($"{me.Id}-{me.Incarnation[..8]}-{operations++}");
        await CallAsync(operation, random, null, random.Next(1, 4));
        switch (random.Next(8))
        {
            case 0:
                await operation.AbortAsync("at random");
                return;
            case 1:
                return; // leaves without completing
        }
        using var bound = new CancellationTokenSource(GuestsHaveLeft, TimeProvider.System);
        try
        {
            await operation.WaitForEmptyStackAsync(bound.Token);
            await operation.CompleteAsync();
        }
        catch (OperationCanceledException) when (bound.IsCancellationRequested)
        {
            await operation.AbortAsync("a guest stays too long");
        }
    }

    private async Task VisitAsync(Random random)
    {
        var live = me.Directory.Context.Logs.ListLive();
        if (live.Count == 0) return;
        await using var operation = await me.JoinOperationAsync(live[random.Next(live.Count)]);
        var stack = (await operation.ReadAsync()).Stack.Values.Where(f => f is { Status: FrameStatus.Active, Cancelled: false }).ToList();
        var caller = stack.Count == 0 || random.Next(4) == 0 ? null : stack[random.Next(stack.Count)].CallId;
        await CallAsync(operation, random, caller, random.Next(1, 3));
    }

    private async Task CallAsync(Operation operation, Random random, string? caller, int depth)
    {
        var number = Interlocked.Increment(ref calls);
        await using var call = await operation.StartCallAsync($"{me.Id}.{me.Incarnation[..8]}.{number}", new CallOptions
        {
            CallerId = caller,
            FailOnCrash = random.Next(3) == 0,
            SupervisorId = random.Next(3) == 0 ? $"s{random.Next(Supervisors)}" : null,
            CleanupBound = TimeSpan.FromSeconds(10),
        });
        call.OnCleanup(_ => ValueTask.CompletedTask);
        if (random.Next(4) == 0)
        {
            var temp = await call.GetTemporaryDirectoryAsync();
            await File.WriteAllTextAsync(Path.Combine(temp, "left"), "by a call");
        }
        await PauseAsync(random, 200);
        if (depth > 1) await CallAsync(operation, random, call.CallId, depth - 1);
        await PauseAsync(random, 200);
        if (random.Next(12) == 0) await call.FailAsync("at random");
        else await call.EndAsync();
    }

    private static Task PauseAsync(Random random, int mostMs) =>
        Task.Delay(TimeSpan.FromMilliseconds(random.Next(mostMs)), TimeProvider.System);

    private sealed class Quiet : ISupervisor
    {
        public ValueTask OnCallCrashedAsync(CrashedCall crash, CancellationToken cancellationToken)
        {
            Console.WriteLine("told");
            return ValueTask.CompletedTask;
        }
    }
}
