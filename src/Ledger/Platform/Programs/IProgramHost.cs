using Ledger.Model;
using Ledger.Model.Groups;

namespace Ledger.Platform.Programs;

/// <summary>The processes of this host, as supervision needs them: what only the system can do and tell. What is made of it is
/// in <see cref="ProgramControl"/> and <see cref="OrphanSweep"/>. Simulated hosts stand in here. Thread-safe.</summary>
internal interface IProgramHost
{
    /// <summary>This process.</summary>
    ProcessIdentity Self { get; }

    /// <summary>Starts a program in a process group of its own; it does not begin to run before
    /// <see cref="IProgram.Release"/>. After a failure nothing is left.</summary>
    ProgramSpawn Spawn(ProgramStart start);

    /// <summary>How the leading process is. A zombie is gone.</summary>
    ProcessState Look(ProcessIdentity process);

    /// <summary>A program's process group. Nobody is signalled whose identity is not proven.</summary>
    IProcessGroup Group(HostedProgram program);

    /// <summary>Null when a program can bind this TCP port now.</summary>
    PortHold? Hold(int port);

    /// <summary>The processes of this place and user that carry the marks of a group of a ledger, without this process and its
    /// ancestors.</summary>
    IReadOnlyList<FoundProcess> Find(string ledgerPath, string group);

    /// <summary>A process's name, for people; "" when it is not known.</summary>
    string Name(int pid);
}

/// <summary>A program that was started here. Disposing of a coupled one ends what is left of it, and of an independent one
/// only if it was never released. Thread-safe.</summary>
internal interface IProgram : IDisposable
{
    /// <summary>Which one.</summary>
    HostedProgram Identity { get; }

    /// <summary>Lets it begin to run. No effect the second time.</summary>
    void Release();

    /// <summary>It never runs. No effect after <see cref="Release"/>.</summary>
    void Discard();

    /// <summary>Completes with the exit code, or 128 and the signal, once the leading process has ended.</summary>
    Task<int> WaitAsync(CancellationToken cancellation);
}

/// <summary>A process that carries a group's marks.</summary>
/// <param name="Pid">Its id.</param>
/// <param name="StartToken">When it began.</param>
/// <param name="Pgid">Its process group.</param>
/// <param name="Owner">To whom it belongs, by its environment.</param>
/// <param name="Mode">Its mode, by its environment; null when that says nothing known.</param>
/// <param name="HasLifeline">True while its group has a lifeline, which ends the group when its owner dies.</param>
internal sealed record FoundProcess(
    int Pid, string StartToken, int Pgid, ProgramOwner Owner, SupervisorMode? Mode, bool HasLifeline);

/// <summary>Why a port cannot be bound.</summary>
/// <param name="Port">The port.</param>
/// <param name="Pid">Who holds it, if that can be told.</param>
/// <param name="Name">The holder's name, or what else is known.</param>
internal sealed record PortHold(int Port, int? Pid, string Name)
{
    /// <summary>For people: <c>port 7001 held by pid 4711 (nginx)</c>.</summary>
    public override string ToString() =>
        Pid is null ? $"port {Port} held by {Name}" : $"port {Port} held by pid {Pid}{(Name.Length > 0 ? $" ({Name})" : "")}";
}
