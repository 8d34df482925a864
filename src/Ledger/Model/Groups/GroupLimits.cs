namespace Ledger.Model.Groups;

/// <summary>What one group may hold at most. They are part of the fold: a change is a new fold version. With them every part
/// of the state fits into one line of a segment's header.</summary>
public static class GroupLimits
{
    /// <summary>Members that are not gone.</summary>
    public const int Members = 1_000;

    /// <summary>Departed incarnations that are remembered.</summary>
    public const int Departed = 1_000;

    /// <summary>Supervisors.</summary>
    public const int Supervisors = 500;

    /// <summary>Dependencies of one supervisor.</summary>
    public const int Dependencies = 32;

    /// <summary>Ports of one supervisor.</summary>
    public const int Ports = 64;

    /// <summary>Characters of a start info and launcher together.</summary>
    public const int StartInfoLength = 7_000;

    /// <summary>Waits of one restart policy.</summary>
    public const int Backoffs = 32;

    /// <summary>Open invitations.</summary>
    public const int Invitations = 200;

    /// <summary>Ended invitations that are remembered.</summary>
    public const int InvitationsRemembered = 200;

    /// <summary>Commands without an outcome.</summary>
    public const int Commands = 1_000;

    /// <summary>Commands with an outcome that are remembered: so long a repeated one is answered.</summary>
    public const int CommandsRemembered = 1_000;

    /// <summary>Open barriers.</summary>
    public const int Barriers = 100;

    /// <summary>Completed barriers that are remembered.</summary>
    public const int BarriersRemembered = 100;

    /// <summary>Characters of an incarnation, a run id and a token's hash.</summary>
    public const int NameLength = 128;

    /// <summary>Characters of an incarnation that joins.</summary>
    public const int IncarnationLength = 40;

    /// <summary>Characters of a process identity's texts together.</summary>
    public const int IdentityLength = 1_000;

    /// <summary>Characters of a command's arguments, and of its answer.</summary>
    public const int CommandLength = 4_000;

    /// <summary>Characters of a reason in the state; longer ones are cut.</summary>
    public const int ReasonLength = 1_000;
}
