using Ledger.Model.Groups;
using Ledger.Platform.Programs;

namespace Ledger.Hosting.Tests.Supervision;

/// <summary>How a program of the contract behaves.</summary>
internal enum Kind
{
    /// <summary>One process that heeds TERM.</summary>
    Obedient,

    /// <summary>It ignores TERM.</summary>
    Stubborn,

    /// <summary>Three processes.</summary>
    Family,

    /// <summary>A leader, and a child without the environment.</summary>
    Forgetful,
}

/// <summary>A program of another process, which can be killed.</summary>
internal interface IOwned : IDisposable
{
    HostedProgram Program { get; }

    void KillOwner();
}

/// <summary>What the contract of the modes needs of a host, real or simulated. Leaves nobody behind.</summary>
internal abstract class ProgramBench : IDisposable
{
    public const string Missing = "no-such-command-anywhere";

    public static readonly TimeSpan Long = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan Short = TimeSpan.FromMilliseconds(50);

    private readonly List<IProgram> _programs = [];

    /// <summary>Starts programs.</summary>
    public abstract IProgramHost Host { get; }

    /// <summary>Another process's view: it has started nothing.</summary>
    public abstract IProgramHost Stranger { get; }

    public abstract TimeProvider Time { get; }

    public abstract string NotExecutable { get; }

    public abstract string MissingDirectory { get; }

    public ProgramOwner Owner { get; } = new($"/ledgers/{Guid.NewGuid():N}", "web", "api", "run-1");

    public ProgramControl Control => new(Host, Time);

    public ProgramControl StrangersControl => new(Stranger, Time);

    public ProgramStart Start(SupervisorMode mode, params string[] words) => new()
    {
        Mode = mode,
        Owner = Owner,
        Words = words,
        Output = ProgramOutput.Null,
    };

    /// <summary>Starts one, not released.</summary>
    public IProgram Spawn(SupervisorMode mode, Kind kind)
    {
        var spawn = Control.Spawn(Start(mode, Words(kind)));
        Assert.Null(spawn.Failure);
        _programs.Add(spawn.Program!);
        return spawn.Program!;
    }

    /// <summary>Starts one, released and with all its processes there.</summary>
    public async Task<IProgram> Running(SupervisorMode mode, Kind kind)
    {
        var program = Spawn(mode, kind);
        program.Release();
        await Until(() => HasBegun(program.Identity.Pgid, kind), $"{kind} has begun");
        return program;
    }

    public abstract string[] Words(Kind kind);

    public abstract bool HasBegun(int pgid, Kind kind);

    /// <summary>Living members without the lifeline.</summary>
    public abstract IReadOnlyList<int> Members(int pgid);

    public abstract void Kill(int pid);

    public abstract void KillLifeline(int pgid);

    public abstract Task<IOwned> StartByAnother(SupervisorMode mode, Kind kind, bool release);

    /// <summary>Somebody else's hold on a port, until disposed of.</summary>
    public abstract (int Port, string Holder, IDisposable Hold) HoldPort();

    /// <summary>Runs what waits by <see cref="Time"/>.</summary>
    public abstract Task<T> Run<T>(Func<Task<T>> work);

    public abstract Task Until(Func<bool> condition, string what, TimeSpan? bound = null);

    public void Dispose()
    {
        foreach (var program in _programs)
        {
            program.Dispose();
            foreach (var pid in Members(program.Identity.Pgid)) Kill(pid);
        }

        Close();
        GC.SuppressFinalize(this);
    }

    protected virtual void Close()
    {
    }
}
