using System.Buffers;
using System.Text;
using Ledger.Log;
using Ledger.Log.Groups;
using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Rules.Groups;

namespace Ledger.Tests.Log.Groups;

public sealed class GroupCodecTests
{
    public static TheoryData<string> Types() => [.. Enum.GetNames<GroupEntryType>()];

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_type_of_entry_reads_back_as_it_was_written(string type)
    {
        var samples = new GroupSamples(11);
        for (var i = 0; i < 50; i++)
        {
            var entry = samples.Entry(Enum.Parse<GroupEntryType>(type));
            var line = Line(entry);
            Assert.Equal(LineVerdict.Entry, GroupEntryCodec.Read(line, false, out var back, out var fault));
            Assert.Null(fault);
            Assert.Equal(entry.Data.GetType(), back!.Data.GetType());
            Assert.Equal(Encoding.UTF8.GetString(line), Encoding.UTF8.GetString(Line(back)));
            Assert.Equal((entry.Nonce, entry.Sequence, entry.ParticipantId, entry.Incarnation, entry.Timestamp),
                (back.Nonce, back.Sequence, back.ParticipantId, back.Incarnation, back.Timestamp));
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Different_data_of_one_type_makes_different_lines(string type)
    {
        var parsed = Enum.Parse<GroupEntryType>(type);
        var samples = new GroupSamples(3);
        var pairs = Enumerable.Range(0, 40).Select(_ => samples.Data(parsed))
            .Select(d => (Data: d, Line: Encoding.UTF8.GetString(Line(new GroupEntry("n", 1, "A", "A1", "", d))))).ToList();
        // Where a list is in it, equality of records is no measure.
        if (parsed is GroupEntryType.SupervisorRegistered or GroupEntryType.ResourcesHeld) return;
        Assert.Equal(pairs.Select(p => p.Data).Distinct().Count(), pairs.Select(p => p.Line).Distinct().Count());
    }

    [Fact]
    public void A_torn_line_is_torn_and_a_flipped_bit_is_noticed()
    {
        var line = Line(new GroupSamples(5).Entry(GroupEntryType.CommandSent));
        Assert.Equal(LineVerdict.Torn, GroupEntryCodec.Read(line.AsSpan(0, line.Length - 3), false, out _, out _));
        line[^3] ^= 1;
        Assert.NotEqual(LineVerdict.Entry, GroupEntryCodec.Read(line, false, out _, out _));
    }

    [Fact]
    public void The_largest_parts_of_a_state_fit_into_a_line_each()
    {
        var text = new string('\u0001', GroupLimits.CommandLength);
        var id = new string('Z', 128);
        var identity = new ProcessIdentity(new string('\u0001', GroupLimits.IdentityLength), "", "", "", "", int.MaxValue, "");
        var settings = new SupervisorSettings
        {
            StartInfo = new StartInfo(new string('\u0001', GroupLimits.StartInfoLength - 1), [], "", [], null,
                RestartPolicy.Default with { BackoffIntervalsMs = [.. Enumerable.Repeat(JsonFields.LongestMs, GroupLimits.Backoffs)] }),
            Ports = [.. Enumerable.Repeat(65535, GroupLimits.Ports)],
            Dependencies = [.. Enumerable.Repeat(id, GroupLimits.Dependencies)],
        };
        var names = Enumerable.Range(0, GroupLimits.Members)
            .Select(i => i.ToString("d40", System.Globalization.CultureInfo.InvariantCulture));
        var s = GroupFold.Create(id, "now");
        s = s with
        {
            Members = s.Members.Add("m", new GroupMember(id, "m", identity, 1) { LastOutcome = (1, new string('\u0001', GroupLimits.ReasonLength)) }),
            Supervisors = s.Supervisors.Add("s", new SupervisorEntry(id, settings, identity, 1) { Reason = new string('\u0001', GroupLimits.ReasonLength) }),
            Commands = s.Commands.Add("c", new GroupCommand(id, id, id, id, id, text, 1, 1) { Answer = text }),
            Barriers = s.Barriers.Add("b", new GroupBarrier(id, 1, [.. names], [])),
        };
        Assert.All(GroupStateCodec.Write(s), line => Assert.InRange(line.Length, 1, LogLimits.LineBytes));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"part\":\"member\"}")]
    [InlineData("[]")]
    public void What_does_not_begin_with_the_group_is_no_state(string line) =>
        Assert.Throws<FormatException>(() => GroupStateCodec.Read([Encoding.UTF8.GetBytes(line)]));

    [Fact]
    public void No_lines_are_no_state_and_an_unknown_part_is_none_either()
    {
        Assert.Throws<FormatException>(() => GroupStateCodec.Read([]));
        var lines = GroupStateCodec.Write(GroupFold.Create("G", "now"));
        Assert.Throws<FormatException>(() => GroupStateCodec.Read([.. lines, "{\"part\":\"other\"}"u8.ToArray()]));
        Assert.Throws<FormatException>(() => GroupStateCodec.Read([.. lines, .. lines]));
    }

    private static byte[] Line(GroupEntry entry)
    {
        var record = new ArrayBufferWriter<byte>();
        GroupEntryCodec.Write(record, entry);
        return record.WrittenSpan[1..^1].ToArray();
    }
}
