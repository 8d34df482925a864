using System.Text;
using Ledger.Model;
using Ledger.Platform;

namespace Ledger.Hosting.Processes;

/// <summary>A command in a process group of its own. It waits at a gate until <see cref="Release"/>, so that its group can
/// be registered first, and it has a lifeline: if this process dies, even by KILL, the gate closes for good or the
/// whole group is ended within 5 s. Unix only; thread-safe.
/// <para>The lifeline stays, and holds the group's number, until <see cref="Dispose"/>: end what the command left in its group
/// before that, or it lives on.</para></summary>
internal sealed class ChildCommand : IDisposable
{
    private static readonly TimeSpan JoinBound = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource<ExitStatus> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly Action<Exception> _onError;
    private readonly SpawnedChild _child;
    private readonly Thread _waiter;
    private bool _released;
    private bool _disposed;
    private bool _terminated;

    private ChildCommand(SpawnedChild child, ChildCommandOptions options, Action<Exception> onError)
    {
        _child = child;
        _onError = onError;
        StartToken = HostIdentity.StartToken(child.Pid);
        Group = new GroupIdentity(
            child.Pid,
            StartToken,
            options.Environment.GetValueOrDefault(ProcessVariables.Operation) ?? "",
            options.Environment.GetValueOrDefault(ProcessVariables.Call) ?? "")
        {
            Marks = options.Marks,
        };
        _waiter = new Thread(WaitForChanges, 256 * 1024) { IsBackground = true, Name = "Ledger command" };
    }

    /// <summary>The command was stopped, by the given signal. Runs on the thread that waits for the command.</summary>
    public event Action<int>? Stopped;

    /// <summary>The command was continued. Runs on the thread that waits for the command.</summary>
    public event Action? Continued;

    /// <summary>The command's process id: the gate's before, the command's after.</summary>
    public int Pid => _child.Pid;

    /// <summary>The process group, whose id is the command's.</summary>
    public int Pgid => _child.Pid;

    /// <summary>The start token of <see cref="Pid"/>.</summary>
    public string StartToken { get; }

    /// <summary>What others prove the group by. Operation and call are those of the command's environment.</summary>
    public GroupIdentity Group { get; }

    /// <summary>Starts the gate and the lifeline; the command does not run yet. Throws <see cref="LedgerException"/> when the
    /// system refuses, and nothing is left then. What events throw goes to <paramref name="onError"/>.</summary>
    public static ChildCommand Start(ChildCommandOptions options, Action<Exception> onError)
    {
        ReceiveExits();
        var command = new ChildCommand(ChildSpawner.Start(options), options, onError);
        command._waiter.Start();
        return command;
    }

    /// <summary>Makes children waitable when whoever started this process had SIGCHLD ignored. To be called first of all by a
    /// program that starts processes: later the runtime has drawn its own conclusions.</summary>
    public static void ReceiveExits()
    {
        if (Libc.IsIgnored(Signals.Child)) Libc.SetDefault(Signals.Child);
    }

    /// <summary>Lets the command begin. No effect the second time, or when it is gone already.</summary>
    public void Release()
    {
        lock (_gate)
        {
            if (_released || _disposed) return;
            _released = true;
            // A failure means that the gate is dead, which the wait tells.
            _ = Libc.WriteDescriptor(_child.Gate, Encoding.ASCII.GetBytes("go\n"));
            Libc.CloseDescriptor(_child.Gate);
        }
    }

    /// <summary>Gives up: the command never runs. No effect after <see cref="Release"/>.</summary>
    public void Discard()
    {
        lock (_gate)
        {
            if (_released) return;
        }

        Dispose();
    }

    /// <summary>How the command ended. Cancelling ends the wait only. Throws <see cref="LedgerException"/> if somebody else
    /// in this process waited for it, so that nobody knows.</summary>
    public Task<ExitStatus> WaitAsync(CancellationToken cancellation) => _exit.Task.WaitAsync(cancellation);

    /// <summary>True while the lifeline keeps others from getting the group's number.</summary>
    public bool HoldsGroup => _child.LifelinePid > 0 && !Volatile.Read(ref _disposed);

    /// <summary>Signals the whole group. The lifeline heeds only KILL and STOP.</summary>
    public void Signal(int signal)
    {
        // The lifeline holds the number until it is disposed of, under this lock.
        lock (_gate) SignalGroup(signal);
    }

    /// <summary>TERM to the whole group (and CONT, for who is stopped), now and once. True when the command had not ended
    /// before. <see cref="TerminateAsync"/> sees it through.</summary>
    public bool BeginToTerminate()
    {
        lock (_gate)
        {
            // Its end may not have been waited for yet, although it is the very reason for this.
            var wasThere = !_exit.Task.IsCompleted && ProcStat.Read(Pid) is { IsEnding: false };
            if (_terminated) return wasThere;
            _terminated = true;
            SignalGroup(Signals.Term);
            SignalGroup(Signals.Continue);
            return wasThere;
        }
    }

    /// <summary>Ends the whole group: TERM unless it has had it, then KILL after the grace period as soon as
    /// <paramref name="mayKillYet"/> agrees.</summary>
    public Task<GroupOutcome> TerminateAsync(
        TimeSpan grace, Func<bool> mayKillYet, TimeProvider time, CancellationToken cancellation) =>
        ProcessGroupSignals.TerminateAsync(
            Group, () => HoldsGroup, Volatile.Read(ref _terminated), grace, mayKillYet, time, cancellation);

    /// <summary>Dismisses the lifeline. If the command has not ended, its whole group is killed first; a command that outlives
    /// this process is left alone once it was released.</summary>
    public void Dispose()
    {
        if (_child.LifelinePid == 0)
        {
            LetGo();
            return;
        }

        lock (_gate)
        {
            if (_disposed) return;
            _ = Libc.Kill(_exit.Task.IsCompleted ? _child.LifelinePid : -Pgid, Signals.Kill);
            if (!_released) Libc.CloseDescriptor(_child.Gate);
            Libc.Reap(_child.LifelinePid);
            Libc.CloseDescriptor(_child.Lifeline);
            Volatile.Write(ref _disposed, true);
        }

        if (Thread.CurrentThread != _waiter) _waiter.Join(JoinBound);
    }

    /// <summary>For a command without a lifeline.</summary>
    private void LetGo()
    {
        lock (_gate)
        {
            if (_disposed) return;
            Volatile.Write(ref _disposed, true);
            if (_released) return;
            // The gate reads the end of its pipe, and ends.
            Libc.CloseDescriptor(_child.Gate);
        }

        if (Thread.CurrentThread != _waiter) _waiter.Join(JoinBound);
    }

    private void SignalGroup(int signal)
    {
        if (HoldsGroup)
        {
            _ = Libc.Kill(-Pgid, signal);
        }
        else if (_child.LifelinePid == 0)
        {
            // Nothing keeps the number: each signal needs the proof.
            var group = new ProcessGroup(Group, static () => false);
            group.Signal(group.Look(), signal);
        }
    }

    private void WaitForChanges()
    {
        while (Libc.WaitForChange(Pid, out var raw))
        {
            var (change, value) = WaitStatus.Parse(raw);
            if (change == ChildChange.Stopped) Tell(() => Stopped?.Invoke(value));
            else if (change == ChildChange.Continued) Tell(() => Continued?.Invoke());
            else
            {
                _exit.TrySetResult(change == ChildChange.Exited ? ExitStatus.Exited(value) : ExitStatus.Signalled(value));
                return;
            }
        }

        _exit.TrySetException(new LedgerException(
            $"How the command (pid {Pid}) ended is unknown: something else in this process waited for it. "
            + "SIGCHLD must not be ignored when a program that runs commands is started."));
    }

    private void Tell(Action action)
    {
        try
        {
            action();
        }
        catch (Exception error)
        {
            // The thread must go on, or the command's end is never seen.
            _onError(error);
        }
    }
}
