namespace Ledger.Model;

/// <summary>Why an operation failed, or why a failure domain within it was cancelled.</summary>
/// <param name="Type">The kind.</param>
/// <param name="CallId">The call it began with, if any.</param>
/// <param name="ParticipantId">The participant it began with: who crashed, failed, left, or asked for the abort.</param>
/// <param name="Reason">In words.</param>
public sealed record Cause(CauseType Type, string? CallId, string? ParticipantId, string? Reason)
{
    /// <summary>For messages: the type's wire name, and what is known about it.</summary>
    public override string ToString()
    {
        var about = string.Join(", ", new[] { CallId, ParticipantId }.Where(x => x is not null).Distinct());
        var text = about.Length == 0 ? Wire.Name(Type) : $"{Wire.Name(Type)} ({about})";
        return Reason is null ? text : $"{text}: {Reason}";
    }
}
