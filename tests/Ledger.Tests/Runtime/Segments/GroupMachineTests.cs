using Ledger.Log;
using Ledger.Log.Segments;
using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Rules.Groups;
using Ledger.Runtime;
using Ledger.Runtime.Groups;
using Ledger.Runtime.Replication;
using Ledger.Testing;

using GroupOutcome = Ledger.Model.Groups.GroupOutcome;

namespace Ledger.Tests.Runtime.Segments;

public sealed class GroupMachineTests
{
    private static readonly ProcessIdentity Process = new("h", "boot", "pid", "mnt", "1000", 1, "1");

    private readonly SegmentStore store = new(new MemoryLogStore(LogLimits.HeaderBytes), Ledger.Platform.RandomName.Hex, kept: 1);

    public GroupMachineTests() => Assert.True(store.TryCreate(
        "g", 1, GroupFold.Version, 0, GroupMachine.Standard.WriteHeader(GroupFold.Create("g", "2026-11-27T11:00:00.000Z"))));

    private LogReplica<GroupState, GroupEntry, GroupEntryData, GroupOutcome> Open(string id, long sealAfter = long.MaxValue)
    {
        var reader = new SegmentReader<GroupState, GroupEntry, GroupEntryData, GroupOutcome>(
            store, "g", GroupMachine.Standard, new SegmentOptions(sealAfter, long.MaxValue));
        var replica = new LogReplica<GroupState, GroupEntry, GroupEntryData, GroupOutcome>(
            reader, new Clock(new SimulatedTime()), id, id);
        replica.CatchUp();
        return replica;
    }

    private static GroupOutcome Join(LogReplica<GroupState, GroupEntry, GroupEntryData, GroupOutcome> replica) =>
        replica.Propose(new MemberJoined(Process, true, true, replica.State.Position))[0];

    [Fact]
    public void A_group_goes_on_from_segment_to_segment_and_its_members_stay_known()
    {
        using var sleeper = Open("s");
        Assert.True(Join(sleeper).Accepted);
        using var writer = Open("w", sealAfter: 3);
        Assert.True(Join(writer).Accepted);
        for (var i = 0; i < 20; i++)
            Assert.True(writer.Propose(new CommandSent($"c{i}", "s", "do", null, 1_000))[0].Accepted);
        Assert.InRange(writer.State.Segment, 5, 20);
        Assert.True(sleeper.Propose(new CommandSent("last", "w", "do", null, 1_000))[0].Accepted);
        Assert.Equal(writer.State.Segment, sleeper.State.Segment);
        Assert.Equal(21, sleeper.State.Commands.Count);
        writer.CatchUp();
        Assert.Equal(GroupMachine.Standard.WriteHeader(writer.State), GroupMachine.Standard.WriteHeader(sleeper.State));
        Assert.False(writer.State.Sealed);
        Assert.Equal(2, writer.State.Members.Count);
    }

    [Fact]
    public void Who_is_no_member_seals_nothing()
    {
        using var visitor = Open("v", sealAfter: 0);
        visitor.Propose(new CommandSent("c", "w", "do", null, 1_000));
        Assert.Equal(1, visitor.State.Segment);
        Assert.False(visitor.State.Sealed);
    }
}
