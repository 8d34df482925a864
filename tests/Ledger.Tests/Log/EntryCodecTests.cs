using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Ledger.Log;
using Ledger.Model;

namespace Ledger.Tests.Log;

public sealed class EntryCodecTests
{
    public static TheoryData<EntryType> Types() => [.. Enum.GetValues<EntryType>()];

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_type_comes_back_as_it_was_written(EntryType type)
    {
        for (ulong seed = 0; seed < 200; seed++)
        {
            var entry = new Samples(seed).Entry(type);
            var line = Line(entry);
            Assert.Equal(LineVerdict.Entry, EntryCodec.Read(line, false, out var read, out var fault));
            Assert.Null(fault);
            Assert.Equal(Line(read!), line);
            Assert.Equal(type, read!.Data.Type);
            if (type is not (EntryType.CallStarted or EntryType.CallEnded or EntryType.CallFailed or EntryType.CrashDetected
                or EntryType.FrameCleanedUp or EntryType.FrameRemoved))
                Assert.Equal(entry, read); // records with lists in them compare those by reference
        }
    }

    [Fact]
    public void Lists_come_back_too()
    {
        var left = new LeftBehind("c", new Resource(ResourceKind.Directory, "/d", true, 0, null, "8:1"), "busy", "B1");
        var start = new CallStarted("c", 7)
        {
            Resources = [new(ResourceKind.File, "/f"), new(ResourceKind.ProcessGroup, null, false, 42, "token", null)],
        };
        Assert.Equal(start.Resources.AsEnumerable(), Back(start).Resources);
        Assert.Equal(new[] { left, left }.AsEnumerable(), Back(new FrameCleanedUp("c", 1, 4, "S1", [left, left])).LeftBehind);
        Assert.Equal(left, Assert.Single(Back(new FrameRemoved("c", 1, "threw", [left])).LeftBehind));
        Assert.Equal(left, Assert.Single(Back(new CallEnded("c", 1) { LeftBehind = [left] }).LeftBehind));
        var failed = Back(new CallFailed("c", 9, "why") { LeftBehind = [left] });
        Assert.Equal(("c", 9, "why", left), (failed.CallId, failed.Token, failed.Reason, Assert.Single(failed.LeftBehind)));
        var ended = Back(new CallEnded("c", 9));
        Assert.Equal(("c", 9, 0), (ended.CallId, ended.Token, ended.LeftBehind.Length));
        var accusation = Back(new CrashDetected("B", "B1", EvidenceType.HeartbeatStale, 5, 6, ["a", "b"], [7, 8]));
        Assert.Equal(new[] { "a", "b" }.AsEnumerable(), accusation.CallIds);
        Assert.Equal(new[] { 7L, 8L }.AsEnumerable(), accusation.FencingTokens);
    }

    [Fact]
    public void A_line_is_json_that_any_tool_reads_and_its_names_are_a_contract()
    {
        var data = new CallStarted("Build", 2) { SupervisorId = "S", CleanupBoundMs = 500, Resources = [new(ResourceKind.File, "/f")] };
        var line = Encoding.UTF8.GetString(Line(new Entry("n1", 3, "A", "A1", "2026-01-01T00:00:00.000Z", data)));
        Assert.Equal("{\"crc\":\"........\",\"nonce\":\"n1\",\"seq\":3,\"participantId\":\"A\",\"incarnation\":\"A1\","
            + "\"timestamp\":\"2026-01-01T00:00:00.000Z\",\"type\":\"callStarted\",\"data\":{\"callId\":\"Build\",\"callerId\":null,\"callerToken\":2,"
            + "\"supervisorId\":\"S\",\"failOnCrash\":true,\"cleanupBoundMs\":500,\"resources\":[{\"kind\":\"file\",\"path\":\"/f\"}]}}",
            line[..8] + "........" + line[16..]);
        using var json = System.Text.Json.JsonDocument.Parse(line);
        Assert.Equal("Build", json.RootElement.GetProperty("data").GetProperty("callId").GetString());
    }

    [Fact]
    public void Several_entries_make_one_record_that_begins_and_ends_with_a_newline()
    {
        var record = new ArrayBufferWriter<byte>();
        EntryCodec.Write(record, Simple("one"));
        EntryCodec.Write(record, Simple("two\nlines"));
        var text = Encoding.UTF8.GetString(record.WrittenSpan);
        Assert.Equal('\n', text[0]);
        Assert.Equal('\n', text[^1]);
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.All(lines, l => Assert.Equal(LineVerdict.Entry, Read(l).Verdict));
    }

    [Theory]
    [InlineData("2026-01-01T00:00:00Z")]
    [InlineData("/Date(1234656000000)/")]
    [InlineData("2026-01-01")]
    public void What_looks_like_a_date_stays_text(string text) => Assert.Equal(text, Back(new AbortRequested(text)).Reason);

    [Theory]
    [InlineData('x')]
    [InlineData('\u0001')]
    [InlineData('"')]
    [InlineData('漢')]
    public void The_longest_text_allowed_fits_into_a_line(char c)
    {
        var text = new string(c, Limits.TextLength);
        var line = Line(Simple(text));
        Assert.True(line.Length <= LogLimits.LineBytes);
        Assert.Equal(text, ((AbortRequested)Read(line).Entry!.Data).Reason);
    }

    [Fact]
    public void An_entry_that_is_too_large_is_refused_and_leaves_the_record_as_it_was()
    {
        var record = new ArrayBufferWriter<byte>();
        var spare = LogLimits.LineBytes - Line(Simple("")).Length;
        EntryCodec.Write(record, Simple(new string('x', spare)));
        Assert.Equal(LogLimits.LineBytes + 2, record.WrittenCount);
        var before = record.WrittenSpan.ToArray();
        var e = Assert.Throws<LedgerException>(() => EntryCodec.Write(record, Simple(new string('x', spare + 1))));
        Assert.Contains("65537", e.Message, StringComparison.Ordinal);
        Assert.Contains("abortRequested", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, record.WrittenSpan.ToArray());
        var empty = new ArrayBufferWriter<byte>();
        Assert.Throws<LedgerException>(() => EntryCodec.Write(empty, Simple(new string('x', 1_000_000))));
        Assert.Equal(0, empty.WrittenCount);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_line_torn_anywhere_is_never_an_entry(EntryType type)
    {
        var line = Line(new Samples(3).Entry(type));
        for (var length = 0; length < line.Length; length++)
        {
            var verdict = EntryCodec.Read(line.AsSpan(0, length), false, out var entry, out var fault);
            Assert.Equal(length == 0 ? LineVerdict.Bad : LineVerdict.Torn, verdict);
            Assert.Null(entry);
            Assert.NotNull(fault);
        }
        // The head is lost: what is left does not begin as an entry.
        for (var start = 1; start < line.Length; start++)
            Assert.NotEqual(LineVerdict.Entry, EntryCodec.Read(line.AsSpan(start), false, out _, out _));
    }

    [Fact]
    public void Two_records_run_into_one_line_are_no_entry()
    {
        var line = Line(Simple("one"));
        for (var length = 1; length <= line.Length; length++)
            Assert.NotEqual(LineVerdict.Entry, EntryCodec.Read([.. line.AsSpan(0, length), .. line], false, out _, out _));
    }

    [Fact]
    public void A_flipped_bit_is_always_noticed()
    {
        var line = Line(new Samples(5).Entry(EntryType.CallStarted));
        for (var bit = 0; bit < line.Length * 8; bit++)
        {
            var flipped = (byte[])line.Clone();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            // A checksum in capitals is the same number.
            var same = bit / 8 is >= 8 and < 16 && char.ToUpperInvariant((char)line[bit / 8]) == (char)flipped[bit / 8];
            Assert.Equal(same, EntryCodec.Read(flipped, false, out _, out _) == LineVerdict.Entry);
        }
    }

    [Theory]
    [InlineData("'seq' occurs twice", "\"nonce\":\"n\",\"seq\":1,\"seq\":1,\"participantId\":\"A\",\"incarnation\":\"A1\",\"timestamp\":\"\",\"type\":\"completeRequested\",\"data\":{}}")]
    [InlineData("'x' occurs twice", "\"nonce\":\"n\",\"seq\":1,\"participantId\":\"A\",\"incarnation\":\"A1\",\"timestamp\":\"\",\"type\":\"completeRequested\",\"data\":{\"x\":1,\"x\":2}}")]
    [InlineData("64 bits", "\"nonce\":\"n\",\"seq\":9223372036854775808}")]
    [InlineData("no integer", "\"nonce\":\"n\",\"seq\":1.0}")]
    [InlineData("no integer", "\"nonce\":\"n\",\"seq\":1e3}")]
    [InlineData("no integer", "\"nonce\":\"n\",\"seq\":NaN}")]
    [InlineData("'seq' is missing", "\"nonce\":\"n\",\"seq\":\"1\",\"type\":\"completeRequested\"}")]
    [InlineData("'type' is missing", "\"nonce\":\"n\",\"seq\":1}")]
    [InlineData("'type' has an unknown value", "\"nonce\":\"n\",\"type\":\"somethingNew\",\"data\":{}}")]
    [InlineData("'type' has an unknown value", "\"nonce\":\"n\",\"type\":\"CompleteRequested\",\"data\":{}}")]
    [InlineData("'type' has an unknown value", "\"nonce\":\"n\",\"type\":\"16\",\"data\":{}}")]
    [InlineData("'participantId' is no id", "\"nonce\":\"n\",\"seq\":1,\"participantId\":\"../A\",\"incarnation\":\"A1\",\"timestamp\":\"\",\"type\":\"completeRequested\",\"data\":{}}")]
    [InlineData("'data' is missing", "\"nonce\":\"n\",\"seq\":1,\"participantId\":\"A\",\"incarnation\":\"A1\",\"timestamp\":\"\",\"type\":\"completeRequested\",\"data\":[]}")]
    [InlineData("'callId' is missing", "\"nonce\":\"n\",\"seq\":1,\"participantId\":\"A\",\"incarnation\":\"A1\",\"timestamp\":\"\",\"type\":\"callEnded\",\"data\":{\"callId\":null}}")]
    [InlineData("does not belong here", "\"nonce\":undefined}")]
    [InlineData("does not belong here", "\"nonce\":new Date(1)}")]
    [InlineData("a comment", "\"nonce\":\"n\"/*!*/}")]
    [InlineData("Additional text", "\"nonce\":\"n\"} {}")]
    [InlineData("more than one", "\"nonce\":\"n\"}/**/")]
    [InlineData("too early", "\"nonce\":\"n\"")]
    [InlineData("too early", "\"nonce\":")]
    [InlineData("too early", "\"nonce\":[1,2")]
    public void A_line_with_a_right_checksum_and_wrong_content_is_bad(string expected, string body)
    {
        var (verdict, entry, fault) = Read(Sealed(body));
        Assert.Equal(LineVerdict.Bad, verdict);
        Assert.Null(entry);
        Assert.Contains(expected, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_that_does_not_fit_its_field_is_bad()
    {
        var line = Encoding.UTF8.GetString(Line(new Entry("n", 1, "A", "A1", "", new FrameCleanedUp("c", 1, 7654321, null, []))));
        var (verdict, _, _) = Read(Sealed(line[18..].Replace("7654321", "4294967296", StringComparison.Ordinal)));
        Assert.Equal(LineVerdict.Bad, verdict);
        Assert.Equal(LineVerdict.Entry, Read(Sealed(line[18..])).Verdict);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(10_000)]
    public void Deep_nesting_is_bad_and_harmless(int depth)
    {
        foreach (var (open, close) in new[] { ("[", "]"), ("{\"a\":", "}") })
        {
            var deep = string.Concat(Enumerable.Repeat(open, depth)) + "1" + string.Concat(Enumerable.Repeat(close, depth));
            Assert.Equal(LineVerdict.Bad, Read(Sealed($"\"nonce\":{deep}}}")).Verdict);
            Assert.NotEqual(LineVerdict.Entry, Read(deep).Verdict);
        }
    }

    [Theory]
    [InlineData(20)]
    [InlineData(400)]
    [InlineData(30_000)]
    public void A_huge_number_is_bad(int digits) =>
        Assert.Equal(LineVerdict.Bad, Read(Sealed($"\"seq\":{new string('9', digits)}}}")).Verdict);

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData(" ")]
    [InlineData("\r")]
    [InlineData("{\"crd\":\"00000000\",\"nonce\":\"n\"}")]
    [InlineData("hello")]
    [InlineData("\0\0\0\0")]
    [InlineData("{\"crc\":\"00000000\",\"nonce\":\"n\"}")]
    [InlineData("{\"crc\":\"zzzzzzzz\",\"nonce\":\"n\"}")]
    public void What_is_foreign_is_bad_not_torn(string line)
    {
        var (verdict, _, fault) = Read(line);
        Assert.Equal(LineVerdict.Bad, verdict);
        Assert.NotEmpty(fault!);
    }

    [Fact]
    public void A_megabyte_in_one_line_is_bad_whether_cut_or_not()
    {
        var huge = Encoding.ASCII.GetBytes(new string('x', 1 << 20));
        Assert.Equal(LineVerdict.Bad, EntryCodec.Read(huge, false, out _, out _));
        var line = Line(Simple("x"));
        Assert.Equal(LineVerdict.Bad, EntryCodec.Read(line, oversized: true, out var entry, out var fault));
        Assert.Null(entry);
        Assert.Contains("65536", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void No_bytes_whatever_make_the_reader_throw()
    {
        var samples = new Samples(99);
        var types = Enum.GetValues<EntryType>();
        var until = TimeProvider.System.GetTimestamp() + TimeProvider.System.TimestampFrequency; // one second
        for (ulong i = 0; TimeProvider.System.GetTimestamp() < until; i++)
        {
            var line = Line(samples.Entry(types[samples.Below(types.Length)])).ToList();
            for (var n = samples.Below(6); n >= 0; n--)
            {
                var at = samples.Below(line.Count);
                switch (samples.Below(5))
                {
                    case 0: line[at] = (byte)samples.Below(256); break;
                    case 1: line.RemoveRange(at, Math.Min(samples.Below(20), line.Count - at)); break;
                    case 2: line.InsertRange(at, line.Take(samples.Below(20)).ToArray()); break;
                    case 3: line[at] = "{}[]\",:\\0e-./*'"u8[samples.Below(15)]; break;
                    default: line.Reverse(at, Math.Min(3, line.Count - at)); break;
                }
                if (line.Count == 0) line.Add((byte)'{');
            }
            // With a right checksum too: what is behind it must be read with the same care.
            var body = line.Count > 18 && samples.Flag() ? Sealed([.. line.Skip(18)]) : [.. line];
            var verdict = EntryCodec.Read(body, false, out var entry, out var fault);
            Assert.Equal(verdict == LineVerdict.Entry, entry is not null);
            Assert.Equal(verdict == LineVerdict.Entry, fault is null);
        }
    }

    private static T Back<T>(T data) where T : EntryData =>
        Assert.IsType<T>(Read(Line(new Entry("n", 1, "A", "A1", "", data))).Entry!.Data);

    private static Entry Simple(string reason) => new("n", 1, "A", "A1", "", new AbortRequested(reason));

    private static byte[] Line(Entry entry)
    {
        var record = new ArrayBufferWriter<byte>();
        EntryCodec.Write(record, entry);
        return record.WrittenSpan[1..^1].ToArray();
    }

    private static (LineVerdict Verdict, Entry? Entry, string? Fault) Read(string line) => Read(Encoding.UTF8.GetBytes(line));

    private static (LineVerdict Verdict, Entry? Entry, string? Fault) Read(byte[] line) =>
        (EntryCodec.Read(line, false, out var entry, out var fault), entry, fault);

    private static byte[] Sealed(string body) => Sealed(Encoding.UTF8.GetBytes(body));

    /// <summary>A body with the checksum that belongs to it, computed bit by bit.</summary>
    private static byte[] Sealed(byte[] body)
    {
        var crc = uint.MaxValue;
        foreach (var b in body)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0x82F63B78 & (0 - (crc & 1)));
        }
        return [.. Encoding.ASCII.GetBytes($"{{\"crc\":\"{(~crc).ToString("x8", CultureInfo.InvariantCulture)}\","), .. body];
    }
}
