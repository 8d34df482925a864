using System.Security.Cryptography;
using System.Text;
using Ledger.Model;
using Ledger.Model.Groups;

namespace Ledger.Rules.Groups;

/// <summary>The part of the group's fold that deals with invitations, and the proof of a one-time token: the log holds the
/// hash of its hash until it is used, and then its hash.</summary>
internal static class Invitations
{
    /// <summary>Lower-case hexadecimal SHA-256 of a text.</summary>
    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    public static string? Made(GroupTransition t, GroupEntry e, Invited d)
    {
        var all = t.State.Invitations;
        if (all.ContainsKey(d.InviteId)) return GroupReasons.InvitationExists;
        if (d.TokenHash.Length > GroupLimits.NameLength || e.Incarnation.Length > GroupLimits.NameLength) return GroupReasons.TooLong;
        if (all.Values.Count(i => i.Status == InvitationStatus.Open) >= GroupLimits.Invitations)
            return $"{Reasons.LimitReached}: {GroupLimits.Invitations} invitations";
        Put(t, new Invitation(d.InviteId, d.ParticipantId, d.TokenHash, e.Incarnation, t.Position));
        return null;
    }

    public static string? Ends(GroupTransition t, GroupEntry e, string inviteId, InvitationStatus how)
    {
        if (Open(t.State, inviteId, out var invitation) is { } no) return no;
        if (e.Incarnation != invitation.Inviter && e.Incarnation != t.State.Acting) return GroupReasons.NotYours;
        Put(t, invitation with { Status = how });
        return null;
    }

    /// <summary>Uses up the invitation a newcomer comes with. A reserved id is for who was invited.</summary>
    public static string? Used(GroupTransition t, string participantId, MemberJoined d)
    {
        if (d.InviteId is not { } id)
        {
            var reserved = t.State.Invitations.Values.Any(i => i.Status == InvitationStatus.Open && i.ParticipantId == participantId);
            return reserved ? $"{GroupReasons.Invited}: {participantId}" : null;
        }
        if (Open(t.State, id, out var invitation) is { } no) return no;
        if (invitation.ParticipantId != participantId) return GroupReasons.InvitationForOther;
        if (d.Proof is null || Hash(d.Proof) != invitation.TokenHash) return GroupReasons.InvitationWrong;
        Put(t, invitation with { Status = InvitationStatus.Used });
        return null;
    }

    private static string? Open(GroupState s, string inviteId, out Invitation invitation)
    {
        invitation = s.Invitations.GetValueOrDefault(inviteId)!;
        return invitation?.Status switch
        {
            null => GroupReasons.InvitationUnknown,
            InvitationStatus.Used => GroupReasons.InvitationUsed,
            InvitationStatus.Cancelled => GroupReasons.InvitationCancelled,
            InvitationStatus.Expired => GroupReasons.InvitationExpired,
            _ => null,
        };
    }

    private static void Put(GroupTransition t, Invitation invitation)
    {
        var all = t.State.Invitations.SetItem(invitation.InviteId, invitation);
        var old = GroupTransition.Oldest(
            all, i => i.Status == InvitationStatus.Open ? 0 : i.Position, GroupLimits.InvitationsRemembered);
        t.State = t.State with { Invitations = all.RemoveRange(old) };
    }
}
