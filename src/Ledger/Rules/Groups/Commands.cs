using Ledger.Model;
using Ledger.Model.Groups;

namespace Ledger.Rules.Groups;

/// <summary>The part of the group's fold that deals with commands: executed at most once, and exactly one outcome.</summary>
internal static class Commands
{
    public static string? Apply(GroupTransition t, GroupEntry e, CommandEntry d)
    {
        if (d is CommandSent sent) return Sent(t, e, sent);
        if (t.State.Commands.GetValueOrDefault(d.CommandId) is not { } c) return GroupReasons.CommandUnknown;
        if (c.IsOver) return $"{GroupReasons.CommandOver}: {Wire.Name(c.Status)}";
        var receiver = e.Incarnation == c.To;
        if (!receiver && (d is not CommandExpired || (e.Incarnation != c.From && e.Incarnation != t.State.Acting)))
            return GroupReasons.NotYours;
        switch (d)
        {
            case CommandTaken when c.Status == CommandStatus.Taken: return GroupReasons.AlreadyTaken;
            case CommandTaken: t.Put(c with { Status = CommandStatus.Taken }); return null;
            case CommandDone or CommandFailed when c.Status == CommandStatus.Sent: return GroupReasons.CommandNotTaken;
            case CommandRefused when c.Status == CommandStatus.Taken: return GroupReasons.AlreadyTaken;
            case CommandDone { Result.Length: > GroupLimits.CommandLength }: return GroupReasons.TooLong;
            case CommandDone x: return End(t, c, CommandStatus.Done, x.Result);
            case CommandFailed x: return End(t, c, CommandStatus.Failed, x.Reason);
            case CommandRefused x: return End(t, c, CommandStatus.Refused, x.Reason);
            default: return End(t, c, CommandStatus.Expired, c.Status == CommandStatus.Taken ? "taken, effect unknown" : "never taken");
        }
    }

    private static string? Sent(GroupTransition t, GroupEntry e, CommandSent d)
    {
        var all = t.State.Commands;
        if (all.TryGetValue(d.CommandId, out var known)) return $"{GroupReasons.CommandKnown}: {Wire.Name(known.Status)}";
        if (d.Name.Length > GroupLimits.NameLength || d.To.Length > GroupLimits.NameLength
            || e.Incarnation.Length > GroupLimits.NameLength || d.Arguments is { Length: > GroupLimits.CommandLength })
            return GroupReasons.TooLong;
        if (all.Count >= GroupLimits.Commands && all.Values.Count(c => !c.IsOver) >= GroupLimits.Commands)
            return $"{Reasons.LimitReached}: {GroupLimits.Commands} commands";
        var command = new GroupCommand(
            d.CommandId, e.Incarnation, e.ParticipantId, d.To, d.Name, d.Arguments, d.DeadlineMs, t.Position);
        var refusal = t.State.Members.GetValueOrDefault(d.To)?.Status switch
        {
            null => "unknown",
            GroupMemberStatus.Draining => "draining",
            GroupMemberStatus.Left => "gone",
            _ => null,
        };
        if (refusal is null) t.Put(command);
        else End(t, command, CommandStatus.Refused, refusal);
        return null;
    }

    /// <summary>A receiver is gone: what it had begun has an unknown effect, what it had not has none.</summary>
    public static void Bereave(GroupTransition t, string incarnation, DepartureReason why)
    {
        foreach (var c in t.State.Commands.Values.Where(c => c.To == incarnation && !c.IsOver))
        {
            if (c.Status == CommandStatus.Sent) End(t, c, CommandStatus.Refused, "gone");
            else if (why == DepartureReason.Normal) End(t, c, CommandStatus.Failed, "its receiver left before it was done");
            else End(t, c, CommandStatus.Failed, "lost, effect unknown");
        }
    }

    private static string? End(GroupTransition t, GroupCommand c, CommandStatus outcome, string? answer)
    {
        t.Put(c with { Status = outcome, Answer = outcome == CommandStatus.Done ? answer : GroupTransition.Cut(answer), EndedAt = t.Position });
        var old = GroupTransition.Oldest(t.State.Commands, x => x.EndedAt, GroupLimits.CommandsRemembered);
        t.State = t.State with { Commands = t.State.Commands.RemoveRange(old) };
        return null;
    }
}
