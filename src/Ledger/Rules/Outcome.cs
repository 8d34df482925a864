using System.Collections.Immutable;
using Ledger.Model;

namespace Ledger.Rules;

/// <summary>What an entry did. Equal for everyone who folds the log.</summary>
public sealed record Outcome
{
    /// <summary>Position of the entry.</summary>
    public required long Position { get; init; }

    /// <summary>Why it did nothing, or null when it was accepted. Begins with a code of <see cref="Reasons"/>, which may be
    /// followed by ": " and details.</summary>
    public string? Rejection { get; init; }

    /// <summary>True when it took effect.</summary>
    public bool Accepted => Rejection is null;

    /// <summary>The operation's states it passed through, in order; empty when the state stayed. One entry may pass
    /// through cleanup to failed.</summary>
    public ImmutableArray<OperationStatus> Transitions { get; init; } = [];

    /// <summary>Frames that left the stack by it, as they were.</summary>
    public ImmutableArray<Frame> Removed { get; init; } = [];

    /// <summary>Frames whose failure domain it cancelled.</summary>
    public ImmutableArray<Frame> Cancelled { get; init; } = [];

    /// <summary>Frames it crashed.</summary>
    public ImmutableArray<Frame> Crashed { get; init; } = [];

    /// <summary>Failure domains that it made fail, at most once each.</summary>
    public ImmutableArray<Containment> Contained { get; init; } = [];
}

/// <summary>A failure that stopped at the root of a failure domain.</summary>
/// <param name="Position">Position of the root.</param>
/// <param name="Root">The root, or null when it left the stack by an earlier entry.</param>
/// <param name="Caller">The active frame that called the root, or null when there is none, or none any more.</param>
/// <param name="Told">Incarnation that is to be told: the caller's owner, else the initiator.</param>
/// <param name="Cause">Why the domain failed.</param>
public sealed record Containment(long Position, Frame? Root, Frame? Caller, string Told, Cause Cause);

/// <summary>The state after an entry, and what the entry did.</summary>
public sealed record Folded(OperationState State, Outcome Outcome);

/// <summary>Codes with which the fold rejects an entry.</summary>
public static class Reasons
{
#pragma warning disable CS1591 // the values say it
    public const string WrongNonce = "wrongNonce";
    public const string Duplicate = "duplicate";
    public const string NotMember = "notMember";
    public const string AlreadyJoined = "alreadyJoined";
    public const string Fenced = "fenced";
    public const string Left = "left";
    public const string NotInitiator = "notInitiator";
    public const string DuplicateCall = "duplicateCall";
    public const string CallerGone = "callerGone";
    public const string TooDeep = "tooDeep";
    public const string LimitReached = "limitReached";
    public const string FrameGone = "frameGone";
    public const string Cancelled = "cancelled";
    public const string NotEnding = "notEnding";
    public const string NotCrashed = "notCrashed";
    public const string AlreadyCrashed = "alreadyCrashed";
    public const string AlreadyCleanedUp = "alreadyCleanedUp";
    public const string StaleEvidence = "staleEvidence";
    public const string WrongEvidence = "wrongEvidence";
    public const string WrongRule = "wrongRule";
    public const string AlreadyRegistered = "alreadyRegistered";
    public const string NotRegistered = "notRegistered";
    public const string DiffersInCase = "differsInCase";
    public const string NothingToConfirm = "nothingToConfirm";
    public const string FramesOnStack = "framesOnStack";
    public const string MemberAlive = "memberAlive";
    public const string AlreadyAbandoned = "alreadyAbandoned";
    public const string NotFirst = "notFirst";
#pragma warning restore CS1591

    /// <summary>The code of a rejection: what stands before the first colon.</summary>
    public static string Code(string rejection) => rejection.Split(':')[0];
}
