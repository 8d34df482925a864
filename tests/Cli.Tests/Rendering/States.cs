using System.Collections.Immutable;
using Ledger.Log;
using Ledger.Model;

namespace Ledger.Cli.Tests.Rendering;

/// <summary>Operations made by hand, to be drawn.</summary>
internal static class States
{
    public static readonly ProcessIdentity Process = new("host", "boot", "pids", "mounts", "1000", 4711, "99");

    /// <summary>An operation of participants, the first being the initiator; an incarnation is the id and an
    /// exclamation mark.</summary>
    public static OperationState Of(OperationStatus status, string[] participants, params Frame[] frames) => new()
    {
        OperationId = "op1",
        Nonce = "n",
        Position = 100,
        StartTime = "2026-01-01T00:00:00.000Z",
        Initiator = participants[0] + "!",
        Status = status,
        Cause = status is OperationStatus.Cleanup or OperationStatus.Failed ? new Cause(CauseType.Aborted, null, "cli", "enough") : null,
        Members = participants.Select((p, i) => new Member(p, p + "!", Process, i + 1))
            .ToImmutableSortedDictionary(m => m.Incarnation, m => m, StringComparer.Ordinal),
        Stack = frames.ToImmutableSortedDictionary(f => f.Position, f => f),
    };

    public static Frame Frame(long position, string participant, FrameStatus status = FrameStatus.Active, params long[] ancestors) => new()
    {
        Position = position,
        CallId = "c" + position,
        Caller = ancestors.Length > 0 ? ancestors[^1] : null,
        CallerId = ancestors.Length > 0 ? "c" + ancestors[^1] : null,
        Ancestors = [.. ancestors],
        ParticipantId = participant,
        Incarnation = participant + "!",
        StartTime = "2026-01-01T00:00:01.000Z",
        Status = status,
        Evidence = status == FrameStatus.Active ? null : EvidenceType.ProcessExited,
    };

    public static IReadOnlyDictionary<string, Life> Lives(OperationState state, Grade grade = Grade.Alive) =>
        state.Members.Keys.ToDictionary(i => i, _ => new Life(null, new Judgement(grade, "so it seems", 300)), StringComparer.Ordinal);
}
