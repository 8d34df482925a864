using Ledger.Model;

namespace Ledger.Testing.Simulation.Features;

/// <summary>Calls are started below one another, end, fail, are given up, and clean themselves.</summary>
internal sealed class CallsFeature : SimulationFeature
{
    private static readonly string?[] Supervisors = [null, null, null, "S", "S", "T"];

    private readonly List<OpenCall> calls = [];
    private int made;

    public override string Name => "call";

    public override IReadOnlyList<(string Verb, int Weight)> Verbs =>
        [("start", 40), ("end", 12), ("fail", 2), ("giveUp", 1), ("progress", 2)];

    public override void Take(SimulationWorld world, SimulationStep step)
    {
        if (world.Who(step) is not { } actor) return;
        if (step.Verb == "start")
        {
            Start(world, actor, step);
            return;
        }
        if (step.Choose(0, calls.Where(c => c.Actor == actor && !c.Call.IsClosed).ToList()) is not { } mine) return;
        var call = mine.Call;
        switch (step.Verb)
        {
            case "end":
                world.Do(actor, $"end {call.CallId}", () => EndAsync(world, mine));
                break;
            case "fail":
                world.Do(actor, $"fail {call.CallId}", () => call.FailAsync("it broke").AsTask());
                break;
            case "giveUp":
                world.Do(actor, $"give up {call.CallId}", () => call.DisposeAsync().AsTask());
                break;
            case "progress":
                world.Do(actor, $"progress of {call.CallId}", () =>
                {
                    call.ReportProgress(step.Throw(1, 2, 1) ? TimeSpan.FromSeconds(5) : default);
                    return Task.CompletedTask;
                });
                break;
        }
    }

    /// <summary>Calls that nobody works on any more end.</summary>
    public override void WindDown(SimulationWorld world)
    {
        foreach (var open in calls.Where(c => c.Actor.IsAwake && !c.IsEnding && !c.Call.IsClosed && c.Call.Cancellation is null).Reverse().ToList())
            world.Do(open.Actor, $"end {open.Call.CallId}", () => EndAsync(world, open));
    }

    public override string? Unfinished(SimulationWorld world) =>
        world.Waiting().FirstOrDefault() is { } waits ? $"{waits} still waits" : null;

    /// <summary>A token fires before anybody has to look, and only for a reason.</summary>
    public override void Judge(SimulationWorld world)
    {
        foreach (var (_, call) in calls.Where(c => c.Actor.IsAwake).Select(c => (c.Actor, c.Call)))
        {
            var frame = Frame(world, call);
            var mustStop = frame is not null && (frame.EndingSince is not null || frame.CrashedAt is not null);
            world.Require(!mustStop || call.CancellationToken.IsCancellationRequested, $"the token of {call.CallId} did not fire");
            // An end whose outcome its owner could not learn leaves the call open on its side.
            var mayStop = mustStop || world.Reference.Find(call.Handle.Id)?.Status == OperationStatus.Failed;
            world.Require(mayStop || !call.CancellationToken.IsCancellationRequested, $"the token of {call.CallId} fired without a reason");
        }
    }

    private void Start(SimulationWorld world, SimulationActor actor, SimulationStep step)
    {
        if (step.Choose(0, [.. actor.Operations.Values]) is not { } handle || world.Reference.Find(handle.Id) is not { } operation) return;
        var callers = operation.Stack.Where(f => f.IsActive || step.Throw(1, 10, 1)).ToList();
        var caller = step.Throw(2, 10, 7) ? step.Choose(3, callers) : null;
        var options = new CallOptions
        {
            CallerId = caller?.CallId,
            FailOnCrash = step.Throw(4, 4, 2),
            SupervisorId = Supervisors[step.Throw(5, Supervisors.Length)],
            CleanupBound = TimeSpan.FromMilliseconds(200 + step.Throw(6, 2_000)),
            Watchdog = step.Throw(7, 10, 1) ? TimeSpan.FromMilliseconds(3_000 + step.Throw(8, 3_000)) : null,
        };
        var callId = $"c{made++}";
        world.Do(actor, $"start {callId}", async () =>
        {
            var call = await handle.StartCallAsync(callId, options).ConfigureAwait(false);
            var frame = Frame(world, call);
            world.Require(frame?.CallId == callId && frame.Incarnation == actor.Incarnation,
                $"{actor.Id} was told that {callId} started at {call.FencingToken}, and the log does not say so");
            var open = new OpenCall(actor, call);
            calls.Add(open);
            call.OnCleanup(context => CleanAsync(world, open, step.Throw(9, 10)));
        });
    }

    private static async ValueTask CleanAsync(SimulationWorld world, OpenCall open, int manner)
    {
        world.Require(!open.WasCleaned, $"the callback of {open.Call.CallId} ran twice");
        open.WasCleaned = true;
        var truth = Frame(world, open.Call);
        world.Require(truth is { EndingSince: not null } or { CrashedAt: not null }, $"{open.Call.CallId} cleaned itself without a reason");
        if (manner < 2) world.CountFault(manner == 0 ? "callback throws" : "callback hangs");
        if (manner == 0) throw new InvalidOperationException("a callback broke");
        if (manner == 1) await new TaskCompletionSource().Task.ConfigureAwait(false);
        if (manner < 5) await Task.Delay(TimeSpan.FromMilliseconds(100 * manner), open.Actor.Process.Time).ConfigureAwait(false);
    }

    private static async Task EndAsync(SimulationWorld world, OpenCall open)
    {
        open.IsEnding = true;
        try
        {
            await open.Call.EndAsync().ConfigureAwait(false);
        }
        finally
        {
            open.IsEnding = false;
        }
        world.Require(Frame(world, open.Call) is { OnStack: false, EndedWell: true }, $"{open.Call.CallId} ended, and the log does not say so");
    }

    private static Reference.ReferenceFrame? Frame(SimulationWorld world, Call call) =>
        world.Reference.Find(call.Handle.Id)?.Frames.GetValueOrDefault(call.FencingToken);

    private sealed class OpenCall(SimulationActor actor, Call call)
    {
        public SimulationActor Actor => actor;

        public Call Call => call;

        public bool IsEnding { get; set; }

        public bool WasCleaned { get; set; }
    }
}
