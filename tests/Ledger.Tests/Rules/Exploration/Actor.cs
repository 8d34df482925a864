using Ledger.Model;
using Ledger.Rules;

namespace Ledger.Tests.Rules.Exploration;

/// <summary>How a process is, in truth.</summary>
internal enum Health
{
    Well,
    Hanging,
    Frozen,
    Gone,
}

/// <summary>One process: what it knows (a prefix of the log), and how it is.</summary>
internal sealed class Actor(string id, int number, string host)
{
    private static readonly string[] Roles = ["S", "T"];

    public string Id { get; } = id;

    public string Incarnation { get; } = $"{id}{number}";

    public ProcessIdentity Process { get; } = ScriptVerbs.ProcessOn(host);

    public string Host { get; } = host;

    public Health Health { get; set; }

    /// <summary>Since when it does not beat.</summary>
    public long SilentSince { get; set; }

    /// <summary>Position it has read to.</summary>
    public int View { get; set; } = 1;

    public Timers Timers { get; set; } = Timers.Empty;

    public long Sequence { get; set; } = 1;

    public Entry? Latest { get; set; }

    /// <summary>Entries on their way; null: they arrive at once.</summary>
    public List<Entry>? Held { get; set; }

    /// <summary>Its supervisor callback hangs.</summary>
    public bool Stuck { get; set; }

    public HashSet<string> Supervises { get; } = [];

    public static string Role(int n) => Roles[n % Roles.Length];

    public bool IsDead(Actor observer, long now, long thresholdMs) => Health switch
    {
        Health.Gone when observer.Host == Host => true,
        Health.Gone or Health.Frozen => now - SilentSince >= thresholdMs,
        _ => false,
    };
}
