using System.Runtime.CompilerServices;

namespace Ledger.Model;

/// <summary>State of an operation. The only transitions are running → cleanup → failed, and running → completed.</summary>
public enum OperationStatus
{
    /// <summary>Calls may start and end.</summary>
    Running,

    /// <summary>Something failed or was aborted: everyone cleans up, nobody starts anything.</summary>
    Cleanup,

    /// <summary>Terminal: cleaned up after a failure.</summary>
    Failed,

    /// <summary>Terminal: completed by its initiator.</summary>
    Completed,
}

/// <summary>State of a frame that is on the stack.</summary>
public enum FrameStatus
{
    /// <summary>Its participant works on it.</summary>
    Active,

    /// <summary>Its participant died, or it hangs; waits to be cleaned by others.</summary>
    Crashed,

    /// <summary>Settled: cleaned by others, waits until it may leave the stack.</summary>
    CleanedUp,
}

/// <summary>State of one incarnation in one operation.</summary>
public enum MemberStatus
{
    /// <summary>Takes part.</summary>
    Joined,

    /// <summary>Left by itself.</summary>
    Left,

    /// <summary>Declared crashed: whatever it proposes from then on is rejected.</summary>
    Crashed,
}

/// <summary>Why an operation went to cleanup, or why a failure domain was cancelled.</summary>
public enum CauseType
{
    /// <summary>A call failed by its owner's own word.</summary>
    CallFailed,

    /// <summary>A participant with an active frame died.</summary>
    ParticipantCrashed,

    /// <summary>A frame made no progress in time, or did not finish its cleanup in time.</summary>
    FrameHung,

    /// <summary>Somebody asked for it.</summary>
    Aborted,

    /// <summary>The initiator died, or left without handing its role over.</summary>
    InitiatorLost,

    /// <summary>Nobody of its members was left.</summary>
    Abandoned,
}

/// <summary>What a crash was concluded from.</summary>
public enum EvidenceType
{
    /// <summary>The kernel's word: the process is gone.</summary>
    ProcessExited,

    /// <summary>The heartbeat record did not change for the staleness threshold.</summary>
    HeartbeatStale,

    /// <summary>A watched frame showed no progress in time. About that frame only.</summary>
    WatchdogExpired,

    /// <summary>A frame or a supervisor's callback did not finish its cleanup in time. About that frame only.</summary>
    CleanupOverdue,
}

/// <summary>The spelling of enumerations in files and output: camelCase.</summary>
public static class Wire
{
    /// <summary>The name as files and output spell it.</summary>
    public static string Name<T>(T value) where T : struct, Enum => Names<T>.All[Unsafe.As<T, int>(ref value)];

    /// <summary>Reads a name; false when it is none.</summary>
    public static bool TryParse<T>(string? name, out T value) where T : struct, Enum
    {
        var number = Array.IndexOf(Names<T>.All, name);
        value = number < 0 ? default : Unsafe.As<int, T>(ref number);
        return number >= 0;
    }

    /// <summary>Names by number. No dictionary: one of each enumeration would be compiled anew in every process.</summary>
    private static class Names<T> where T : struct, Enum
    {
        public static readonly string[] All = Spell();

        private static string[] Spell()
        {
            var names = Enum.GetNames<T>();
            var numbers = (int[])Enum.GetValuesAsUnderlyingType<T>();
            for (var i = 0; i < names.Length; i++)
            {
                if (numbers[i] != i) throw new InvalidOperationException($"The values of {typeof(T).Name} are not 0, 1, 2 and so on.");
                names[i] = char.ToLowerInvariant(names[i][0]) + names[i][1..];
            }
            return names;
        }
    }
}
