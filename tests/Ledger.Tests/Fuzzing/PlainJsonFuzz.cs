using System.Text;
using Ledger.Log;
using Ledger.Model;
using Ledger.Testing.Simulation;
using Ledger.Tests.Log;
using Xunit.Abstractions;

namespace Ledger.Tests.Fuzzing;

/// <summary>What the reader of plain objects reads, the library's reader reads alike.</summary>
public sealed class PlainJsonFuzz(ITestOutputHelper output)
{
    private static readonly IReadOnlyList<byte[]> Plain =
    [
        .. Enum.GetValues<EntryType>().SelectMany(type => Enumerable.Range(1, 200).Select(i => Lines.Of(new Samples((ulong)i).Entry(type))))
            .Where(line => PlainJson.TryRead(line) is not null),
        .. new[] { "{\"a\":-1,\"b\":[true,false,null,{\"ž\":\"🦊\"}],\"c\":{}}", "{\"a\":\"\",\"b\":[],\"c\":1234567890}" }.Select(Encoding.UTF8.GetBytes),
    ];

    [Fact]
    public async Task Whatever_it_does_not_decline_is_read_alike()
    {
        var (read, declined) = (0, 0);
        await new Campaign(output).RunAsync(2000, lottery =>
        {
            var text = Text(lottery);
            if (PlainJson.TryRead(text) is not { } plain)
            {
                declined++;
                return;
            }
            read++;
            Assert.Equal(Dump(JsonFields.Parse(Encoding.UTF8.GetString(text))), Dump(plain));
        });
        output.WriteLine($"{read} read, {declined} declined");
        if (!Campaign.IsReplay) Assert.True(read > 100 && declined > 100);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"a\":-1,\"b\":0,\"c\":999999999999999999,\"d\":-999999999999999999}")]
    [InlineData("{\"a\":{\"b\":[{},[],\"ž🦊\",true,false,null]},\"\":\"\"}   \n")]
    [InlineData("{\"a name of more than thirty-two characters\":1,\"é\":2}")]
    public void Plain_objects_are_read(string text) => Assert.Equal(
        Dump(JsonFields.Parse(text)), Dump(PlainJson.TryRead(Encoding.UTF8.GetBytes(text)) ?? throw new InvalidOperationException("declined")));

    [Theory]
    [InlineData("")]
    [InlineData("{\"a\":1")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{\"a\":1}}")]
    [InlineData("{\"a\":1}\0")]
    [InlineData(" {\"a\":1}")]
    [InlineData("{\"a\": 1}")]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("{\"a\":\"\\u0041\"}")]
    [InlineData("{\"a\\n\":1}")]
    [InlineData("{\"a\":\"\t\"}")]
    [InlineData("{\"a\":01}")]
    [InlineData("{\"a\":-0}")]
    [InlineData("{\"a\":-}")]
    [InlineData("{\"a\":+1}")]
    [InlineData("{\"a\":1.5}")]
    [InlineData("{\"a\":1e3}")]
    [InlineData("{\"a\":1000000000000000000}")]
    [InlineData("{\"a\":nul}")]
    [InlineData("{\"a\":trueish}")]
    [InlineData("{\"a\":[1,]}")]
    [InlineData("{'a':1}")]
    [InlineData("{\"a\":[[[[[[[[1]]]]]]]]}")]
    [InlineData("[1]")]
    public void Anything_else_is_declined(string text) => Assert.Null(PlainJson.TryRead(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void What_it_declines_the_library_decides() =>
        Assert.Equal("a=S:A;", Dump(JsonFields.Parse("{\"a\" : \"\\u0041\"}"u8)));

    [Fact]
    public async Task A_whole_line_is_read_as_the_library_reads_it()
    {
        var (plain, declined, refused) = (0, 0, 0);
        string[] ends = ["\",", "\",", "\",", "\"}", ",,", "\" "];
        string[] more = ["", "", "", ",\"crc\":\"01234567\"", ",\"a\":{\"crc\":1}"];
        await new Campaign(output).RunAsync(2000, lottery =>
        {
            var text = Encoding.UTF8.GetString(Text(lottery));
            var at = Math.Max(0, text.LastIndexOf('}'));
            var body = Encoding.UTF8.GetBytes(text[Math.Min(18, text.Length)..].Insert(Math.Max(0, at - 18), more[lottery.Below(more.Length)]));
            byte[] line = [.. Encoding.UTF8.GetBytes($"{{\"crc\":\"{CheckedLine.Checksum(body):x8}{ends[lottery.Below(ends.Length)]}"), .. body];
            if (!CheckedLine.IsWhole(line)) return;
            JsonFields all;
            try
            {
                all = JsonFields.Parse(Encoding.UTF8.GetString(line));
            }
            catch (FormatException)
            {
                refused++;
                Assert.Throws<FormatException>(() => JsonFields.ParseChecked(line));
                return;
            }
            var read = JsonFields.ParseChecked(line);
            _ = read.OptionalText("crc") is null ? plain++ : declined++;
            Assert.Equal(Dump(all).Replace($"crc=S:{all.Text("crc")};", "", StringComparison.Ordinal),
                Dump(read).Replace($"crc=S:{all.Text("crc")};", "", StringComparison.Ordinal));
        });
        output.WriteLine($"{plain} read, {declined} declined, {refused} refused");
        if (!Campaign.IsReplay) Assert.True(plain > 100 && refused > 100);
    }

    /// <summary>Plain lines, most of them spoilt in one place, since few of two remain readable.</summary>
    private static byte[] Text(Lottery lottery)
    {
        var text = Plain[lottery.Below(Plain.Count)];
        return lottery.Below(8) == 0 ? text : new Mutator(lottery).Mutate(text, Plain);
    }

    private static string Dump(object? value) => value switch
    {
        JsonFields fields => string.Concat(fields.All.Select(f => $"{f.Key}={Dump(f.Value)};")),
        List<object?> list => $"[{string.Join(',', list.Select(Dump))}]",
        string text => "S:" + text,
        null => "null",
        _ => $"{value.GetType().Name}:{value}",
    };
}
