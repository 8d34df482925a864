using Ledger;
using Ledger.Model;
using Ledger.Testing;

namespace FailureNotification;

/// <summary>What the callee does when it is asked.</summary>
internal enum Behaviour
{
    Answers,
    Crashes,
    IsSlow,
}

/// <summary>Two simulated processes in one operation: the caller, whose side the patterns show, and a callee, which may be
/// killed while it works. The ledger is the real one; its disk and its clock are simulated, so nobody waits.</summary>
internal sealed class Scene
{
    public const string Callee = "callee";

    private const string OperationId = "example";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan CrashesAfter = TimeSpan.FromSeconds(1.5);

    private readonly SimulatedLedger ledger;
    private readonly SimulatedParticipant callee;
    private readonly Operation calleesHandle;
    private readonly Behaviour behaviour;
    private readonly bool isContained;
    private int asked;

    private Scene(SimulatedLedger ledger, SimulatedParticipant caller, Operation operation, Call call,
        SimulatedParticipant callee, Operation calleesHandle, Behaviour behaviour, bool isContained)
    {
        (Time, Operation, Call) = (caller.Time, operation, call);
        (this.ledger, this.callee, this.calleesHandle) = (ledger, callee, calleesHandle);
        (this.behaviour, this.isContained) = (behaviour, isContained);
    }

    /// <summary>The caller's clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>The caller's handle.</summary>
    public Operation Operation { get; }

    /// <summary>The caller's own call.</summary>
    public Call Call { get; }

    public static async Task<Scene> OpenAsync(Behaviour behaviour, bool isContained)
    {
        var ledger = new SimulatedLedger();
        var caller = await ledger.StartAsync("caller-process");
        var callee = await ledger.StartAsync("callee-process");
        var operation = await caller.Participant.CreateOperationAsync(OperationId);
        var call = await operation.StartCallAsync("caller");
        var calleesHandle = await callee.Participant.JoinOperationAsync(OperationId);
        return new Scene(ledger, caller, operation, call, callee, calleesHandle, behaviour, isContained);
    }

    /// <summary>Asks the callee, as over a pipe or a socket. If it crashes, the task simply never completes.</summary>
    /// <param name="caller">On whose behalf; default: <see cref="Call"/>.</param>
    public Task<string> AskAsync(Call? caller = null)
    {
        // Its continuations run at once, on the thread that moves time, as everything here.
        var answer = new TaskCompletionSource<string>();
        var callId = asked++ == 0 ? Callee : $"{Callee}-{asked}";
        _ = AnswerAsync(answer, callId, (caller ?? Call).CallId);
        if (behaviour == Behaviour.Crashes) _ = CrashAsync();
        return answer.Task;
    }

    /// <summary>Something else the caller is busy with.</summary>
    public Task BeBusyAsync(TimeSpan duration) => Task.Delay(duration, Time);

    /// <summary>Lets a pattern run, and says how much simulated time it took.</summary>
    public async Task<(Verdict Verdict, TimeSpan Elapsed)> PlayAsync(Func<Scene, Task<Verdict>> pattern)
    {
        var started = ledger.Time.GetTimestamp();
        var verdict = await ledger.RunUntilAsync(pattern(this));
        return (verdict, ledger.Time.GetElapsedTime(started));
    }

    /// <summary>Brings the operation to its end, if it is not there yet.</summary>
    public async Task<OperationStatus> EndAsync()
    {
        var state = ledger.Read(OperationId);
        if (state.Status == OperationStatus.Running && state.Stack.Values.Any(f => f.ParticipantId == callee.Id))
            await Operation.AbortAsync("the example is over");
        else if (state.Status == OperationStatus.Running) await CompleteAsync();
        await ledger.RunUntilAsync(() => ledger.Read(OperationId).IsTerminal);
        return ledger.Read(OperationId).Status;
    }

    /// <summary>Ends the caller's call, and completes.</summary>
    public async Task CompleteAsync()
    {
        await Call.EndAsync();
        await Operation.CompleteAsync();
    }

    private async Task AnswerAsync(TaskCompletionSource<string> answer, string callId, string callerId)
    {
        try
        {
            answer.TrySetResult(await calleesHandle.RunCallAsync(callId, WorkAsync, new CallOptions
            {
                CallerId = callerId,
                FailOnCrash = !isContained,
            }));
        }
        catch (OperationCanceledException)
        {
            answer.TrySetCanceled();
        }
    }

    private async Task<string> WorkAsync(Call call, CancellationToken cancellationToken)
    {
        await Task.Delay(behaviour == Behaviour.IsSlow ? Late : Soon, callee.Time, cancellationToken);
        return "the answer is 42";
    }

    private async Task CrashAsync()
    {
        await Task.Delay(CrashesAfter, ledger.Time);
        if (!callee.IsCrashed) callee.Crash();
    }
}
