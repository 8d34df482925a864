using Ledger.Testing.Simulation;

namespace Ledger.Tests.Rules.Exploration;

/// <summary>What happens next in a run. The numbers are read modulo whatever there is to choose from, so that a list of
/// steps stays meaningful when some are taken out.</summary>
internal readonly record struct Chance(Happening What, int Who, ulong Dice)
{
    /// <summary>The dice's n-th throw, below a bound.</summary>
    public int Throw(int n, int bound) => new Lottery(Dice + ((ulong)n << 32)).Below(bound);

    public bool Throw(int n, int outOf, int hits) => Throw(n, outOf) < hits;

    public override string ToString() => $"{What} by {Who} ({Dice})";
}

/// <summary>The kinds of steps.</summary>
internal enum Happening
{
    /// <summary>The observer reads some or all of what is new.</summary>
    Read,

    /// <summary>It evaluates its plan and acts on it; perhaps it dies in between.</summary>
    Tick,

    /// <summary>Its user does something: start, end, fail, register, leave, abort, hand over, complete.</summary>
    Use,

    /// <summary>It joins, or registers as supervisor.</summary>
    Come,

    /// <summary>Time goes on.</summary>
    Wait,

    /// <summary>Its process dies.</summary>
    Die,

    /// <summary>It is stopped.</summary>
    Freeze,

    /// <summary>It beats, but does nothing any more.</summary>
    Hang,

    /// <summary>A stopped or hanging one goes on, with the view it had.</summary>
    Resume,

    /// <summary>A new incarnation of it starts.</summary>
    Restart,

    /// <summary>Its latest entry is appended once more.</summary>
    Retry,

    /// <summary>Its next entries stay on their way until delivered, even if it dies.</summary>
    Hold,

    /// <summary>Entries on their way arrive.</summary>
    Deliver,

    /// <summary>It accuses somebody who lives.</summary>
    Slander,

    /// <summary>Its supervisor callback hangs, or goes on again.</summary>
    Stick,
}
