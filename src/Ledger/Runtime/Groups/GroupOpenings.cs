using Ledger.Groups;
using Ledger.Log.Groups;
using Ledger.Log.Segments;
using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Rules;
using Ledger.Rules.Groups;
using Ledger.Runtime.Replication;

namespace Ledger.Runtime.Groups;

/// <summary>How a participant gets at groups: makes, joins, or only visits them.</summary>
internal static class GroupOpenings
{
    /// <summary>Becomes a member, of a new group if there is none.</summary>
    /// <exception cref="GroupRejectedException">The group does not let it in.</exception>
    public static GroupRuntime Join(LedgerParticipant participant, string groupId, GroupOptions options)
    {
        var core = participant.Core;
        var group = core.Groups.Find(groupId);
        if (group is { IsMember: true }) return group;
        var isNew = group is null;
        group ??= Open(participant, groupId, options, mayCreate: true);
        group.Options = options;
        try
        {
            Enter(group, options);
        }
        catch (Exception e) when (isNew)
        {
            // It may turn out to be a member, for whom others wait: then it acts as one, and leaves with the participant.
            if (e is LedgerStorageException || group.IsMember) core.Groups.Add(group);
            else group.Dispose();
            throw;
        }
        if (isNew) core.Groups.Add(group);
        group.Attend();
        return group;
    }

    /// <summary>Reads a group without being a member.</summary>
    public static GroupRuntime Visit(LedgerParticipant participant, string groupId)
    {
        var core = participant.Core;
        if (core.Groups.Find(groupId) is { } present) return present;
        var group = Open(participant, groupId, new GroupOptions(), mayCreate: false);
        core.Groups.Add(group);
        return group;
    }

    public static SegmentReader<GroupState, GroupEntry, GroupEntryData, GroupOutcome> ReaderOf(
        LedgerContext ledger, string groupId, SegmentOptions options) =>
        ledger.ReaderOf(groupId, new GroupMachine(ledger.GroupRules), options);

    /// <summary>The state as the log says now.</summary>
    public static GroupState Read(LedgerContext ledger, string groupId)
    {
        using var reader = ReaderOf(ledger, groupId, ledger.SegmentOptions with { Creates = false });
        reader.Read();
        return reader.State ?? throw NotFound(ledger, groupId);
    }

    /// <exception cref="LedgerStorageException">The ledger itself is not there any more.</exception>
    public static LedgerException NotFound(LedgerContext ledger, string groupId)
    {
        ledger.RequireManifest();
        return new GroupNotFoundException(groupId);
    }

    private static GroupRuntime Open(LedgerParticipant participant, string groupId, GroupOptions options, bool mayCreate)
    {
        var (core, ledger) = (participant.Core, participant.Core.Ledger);
        if (!ledger.Segments.Reaches(groupId, 1))
        {
            if (!mayCreate) throw NotFound(ledger, groupId);
            Create(ledger, groupId);
        }
        var reader = ReaderOf(ledger, groupId, options.Segments ?? ledger.SegmentOptions);
        var group = new LedgerGroup(participant, new GroupReplica(reader, core)).Runtime;
        try
        {
            // Before others see it: nobody gets a state that is not there yet.
            group.Replica.CatchUp();
            _ = group.State;
            return group;
        }
        catch
        {
            group.Dispose();
            throw;
        }
    }

    private static void Create(LedgerContext ledger, string groupId)
    {
        ledger.RequireManifest();
        var like = ledger.Segments.ListGroups().FirstOrDefault(g => string.Equals(g, groupId, StringComparison.OrdinalIgnoreCase));
        if (like is not null && like != groupId)
            throw new GroupRejectedException(groupId, "be made", $"{Reasons.DiffersInCase}: {like}");
        // Of two that make it at once, one does; the other one finds it.
        ledger.Segments.TryCreate(groupId, 1, GroupFold.Version, 0,
            GroupStateCodec.Write(GroupFold.Create(groupId, ledger.Clock.UtcText)));
    }

    private static void Enter(GroupRuntime group, GroupOptions options)
    {
        var proof = options.Token is { } token ? Invitations.Hash(token) : null;
        var outcome = group.Replica.Propose(new MemberJoined(group.Ledger.Process, options.CanOrchestrate, options.CanSpawn,
            group.State.Position, options.RunId, options.InviteId, proof))[0];
        if (outcome.Rejection is { } rejection && !group.IsMember) throw group.Refusal("let this participant join", rejection);
    }
}
