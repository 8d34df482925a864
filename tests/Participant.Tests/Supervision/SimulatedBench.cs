using Ledger.Model.Groups;
using Ledger.Platform.Programs;
using Ledger.Testing;

namespace Ledger.Hosting.Tests.Supervision;

/// <summary>Simulated processes, and simulated time.</summary>
internal sealed class SimulatedBench : ProgramBench
{
    private const int ForeignPort = 7001;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Most = TimeSpan.FromMinutes(5);
    private readonly SimulatedTime _time = new();
    private readonly SimulatedMachine _machine;
    private int _lastPort = ForeignPort - 1;

    public SimulatedBench()
    {
        _machine = new SimulatedMachine(new SimulatedProcesses(), "host", _time);
        foreach (var kind in Enum.GetValues<Kind>()) _machine.Commands[Words(kind)[0]] = Behaviour(kind);
        _machine.NotExecutable.Add(NotExecutable);
        _machine.MissingDirectories.Add(MissingDirectory);
        Host = _machine.HostOf(_machine.Start("host").Identity);
        Stranger = _machine.HostOf(_machine.Start("stranger").Identity);
    }

    public override IProgramHost Host { get; }

    public override IProgramHost Stranger { get; }

    public override TimeProvider Time => _time;

    public override string NotExecutable => "text";

    public override string MissingDirectory => "/missing";

    public override string[] Words(Kind kind) => [kind.ToString()];

    public override bool HasBegun(int pgid, Kind kind) => Members(pgid).Count == kind switch
    {
        Kind.Family => 3,
        Kind.Forgetful => 2,
        _ => 1,
    };

    public override IReadOnlyList<int> Members(int pgid) =>
        [.. _machine.Living.Where(each => each.Pgid == pgid && !each.IsLifeline).Select(each => each.Identity.Pid)];

    public override void Kill(int pid) => _machine.Exit(_machine.Living.Single(each => each.Identity.Pid == pid));

    public override void KillLifeline(int pgid)
    {
        foreach (var each in _machine.Living.Where(each => each.Pgid == pgid && each.IsLifeline).ToList()) _machine.Exit(each);
    }

    public override Task<IOwned> StartByAnother(SupervisorMode mode, Kind kind, bool release)
    {
        var owner = _machine.Start("owner");
        var program = _machine.HostOf(owner.Identity).Spawn(Start(mode, Words(kind))).Program!;
        if (release) program.Release();
        return Task.FromResult<IOwned>(new Owned(program, () => _machine.Exit(owner)));
    }

    public override (int, string, IDisposable) HoldPort()
    {
        var holder = _machine.Start("nginx", ++_lastPort);
        return (_lastPort, $"pid {holder.Identity.Pid} (nginx)", new Ending(() => _machine.Exit(holder)));
    }

    /// <summary>On a thread without a context of its own, where what time wakes runs at once.</summary>
    public override Task<T> Run<T>(Func<Task<T>> work) => Task.Run(() =>
    {
        var task = work();
        for (var passed = TimeSpan.Zero; !task.IsCompleted; passed += Step)
        {
            Assert.True(passed < Most, "It never ends.");
            _time.Advance(Step);
        }

        return task;
    });

    public override Task Until(Func<bool> condition, string what, TimeSpan? bound = null)
    {
        for (var passed = TimeSpan.Zero; !condition(); passed += Step)
        {
            Assert.True(passed < (bound ?? Long), $"Never came: {what}");
            _time.Advance(Step);
        }

        return Task.CompletedTask;
    }

    private static SimulatedBehaviour Behaviour(Kind kind) => kind switch
    {
        Kind.Stubborn => new() { IgnoresTerm = true },
        Kind.Family => new() { Children = [new(), new()] },
        Kind.Forgetful => new() { Children = [new() { HidesMarks = true }] },
        _ => new(),
    };

    private sealed record Owned(IProgram Started, Action Kill) : IOwned
    {
        public HostedProgram Program => Started.Identity;

        public void KillOwner() => Kill();

        public void Dispose() => Started.Dispose();
    }

    private sealed record Ending(Action Action) : IDisposable
    {
        public void Dispose() => Action();
    }
}
