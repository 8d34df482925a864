using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Rules.Groups;
using Ledger.Tests.Rules.Exploration;

namespace Ledger.Tests.Rules.GroupExploration;

/// <summary>A user's program, in truth: held until its activation is accepted.</summary>
internal sealed class Program(string supervisorId, ProgramIdentity identity, string host)
{
    public string SupervisorId { get; } = supervisorId;

    public ProgramIdentity Identity { get; } = identity;

    public string Host { get; } = host;

    public bool Runs { get; set; }

    public bool Ended { get; set; }

    public bool IsLive => Runs && !Ended;
}

/// <summary>One process: what it knows, how it is, and what it waits for.</summary>
internal sealed class GroupActor(string id, int number, string host)
{
    public string Id { get; } = id;

    public string Incarnation { get; } = $"{id}{number}";

    public string Host { get; } = host;

    public ProcessIdentity Process { get; } = ScriptVerbs.ProcessOn(host);

    public Health Health { get; set; }

    public long SilentSince { get; set; }

    /// <summary>Number of entries it has read.</summary>
    public int View { get; set; }

    public GroupTimers Timers { get; set; } = GroupTimers.Empty;

    public long? SweptAtMs { get; set; }

    public long Sequence { get; set; }

    public GroupEntry? Latest { get; set; }

    /// <summary>Entries on their way; null: they arrive at once.</summary>
    public List<GroupEntry>? Held { get; set; }

    /// <summary>What it goes on with when an entry's outcome is known, by sequence.</summary>
    public Dictionary<long, Action<GroupOutcome>> Waiting { get; } = [];

    /// <summary>What it learns when it goes on after having been stopped.</summary>
    public List<Action> Inbox { get; } = [];

    /// <summary>What it has begun, so that a plan that says it again does nothing.</summary>
    public HashSet<string> Begun { get; } = [];

    /// <summary>The supervisor and run it was spawned for, and its token.</summary>
    public (string Supervisor, long Run, string Token)? SpawnedFor { get; init; }

    public bool Dies(GroupActor observer, long now, long thresholdMs) => Health switch
    {
        Health.Gone when observer.Host == Host => true,
        Health.Gone or Health.Frozen => now - SilentSince >= thresholdMs,
        _ => false,
    };
}
