using Ledger.Model.Groups;
using static Ledger.Model.Groups.SupervisorStatus;

namespace Ledger.Rules.Groups;

/// <summary>What can happen to a supervisor.</summary>
internal enum SupervisorEvent
{
    /// <summary>A dependency does not run.</summary>
    Wait,

    /// <summary>The start is reserved.</summary>
    Reserve,

    /// <summary>Its program runs: activated, or self-started with all it depends on running.</summary>
    Run,

    /// <summary>The start failed, or the program is gone.</summary>
    Fail,

    /// <summary>A restart is due after a wait.</summary>
    Schedule,

    /// <summary>It will not be started any more.</summary>
    GiveUp,

    /// <summary>Somebody asked to stop it, and nobody depends on it any more.</summary>
    Stop,

    /// <summary>Its program is gone, as asked.</summary>
    Stopped,

    /// <summary>It is registered anew.</summary>
    Register,
}

/// <summary>The one table of supervisor states. What is not in it is refused.</summary>
internal static class SupervisorTable
{
    private static readonly Dictionary<SupervisorStatus, (SupervisorEvent, SupervisorStatus)[]> Rows = new()
    {
        [Registered] =
        [
            (SupervisorEvent.Wait, WaitingForDependencies), (SupervisorEvent.Reserve, Starting), (SupervisorEvent.Run, Running),
            (SupervisorEvent.GiveUp, Dead), (SupervisorEvent.Stop, Stopped), (SupervisorEvent.Register, Registered),
        ],
        [WaitingForDependencies] =
        [
            (SupervisorEvent.Reserve, Starting), (SupervisorEvent.Run, Running),
            (SupervisorEvent.GiveUp, Dead), (SupervisorEvent.Stop, Stopped), (SupervisorEvent.Register, Registered),
        ],
        [Starting] =
        [
            (SupervisorEvent.Run, Running), (SupervisorEvent.Fail, Failed), (SupervisorEvent.Stop, ShuttingDown),
        ],
        [Running] = [(SupervisorEvent.Fail, Failed), (SupervisorEvent.Stop, ShuttingDown)],
        [Failed] =
        [
            (SupervisorEvent.Schedule, RestartScheduled), (SupervisorEvent.GiveUp, Dead),
            (SupervisorEvent.Stop, ShuttingDown), (SupervisorEvent.Register, Registered),
        ],
        [RestartScheduled] =
        [
            (SupervisorEvent.Reserve, Starting), (SupervisorEvent.GiveUp, Dead),
            (SupervisorEvent.Stop, ShuttingDown), (SupervisorEvent.Register, Registered),
        ],
        [Dead] = [(SupervisorEvent.Stop, Stopped), (SupervisorEvent.Register, Registered)],
        [ShuttingDown] = [(SupervisorEvent.Fail, Stopped), (SupervisorEvent.Stopped, Stopped)],
        [Stopped] = [(SupervisorEvent.Register, Registered)],
    };

    /// <summary>The next state, or null when it cannot happen in this one.</summary>
    public static SupervisorStatus? Next(SupervisorStatus state, SupervisorEvent happening)
    {
        foreach (var (e, next) in Rows[state])
        {
            if (e == happening) return next;
        }
        return null;
    }

    /// <summary>True while a program of it may live, or be about to.</summary>
    public static bool MayLive(SupervisorStatus state) => state is Starting or Running or ShuttingDown;

    /// <summary>True when nothing more happens to it by itself.</summary>
    public static bool IsOver(SupervisorStatus state) => state is Dead or Stopped;
}
