using System.Buffers;
using System.Globalization;
using System.Text;
using Ledger.Log;
using Ledger.Log.Groups;
using Ledger.Log.Segments;
using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Rules.Groups;
using Ledger.Runtime.Groups;
using Ledger.Testing.Simulation;
using Ledger.Tests.Log.Groups;
using Ledger.Tests.Runtime;
using Xunit.Abstractions;

namespace Ledger.Tests.Fuzzing;

/// <summary>What is read of groups: lines of their logs, the header that a segment begins with, values of environment
/// variables. Their two files are written only.</summary>
public sealed class GroupFuzz(ITestOutputHelper output)
{
    private const string Group = "g";

    private static readonly IReadOnlyList<byte[]> Corpus =
        [.. Enum.GetValues<GroupEntryType>().SelectMany(type => Enumerable.Range(1, 4).Select(i => Line(new GroupSamples((ulong)i).Entry(type))))];

    [Fact]
    public Task A_groups_line_is_an_entry_that_survives_writing_or_is_skipped_with_a_reason() => new Campaign(output).RunAsync(5_000, lottery =>
    {
        var line = new Mutator(lottery).Mutate(Corpus[lottery.Below(Corpus.Count)], Corpus);
        if (lottery.Below(4) != 0) line = Lines.Sealed(line);
        var oversized = line.Length > LogLimits.LineBytes;
        if (oversized) line = line[..LogLimits.LineBytes];
        var (verdict, entry, fault) = (LineVerdict.Bad, (GroupEntry?)null, (string?)null);
        Campaign.Bounded(line.Length, () => verdict = GroupEntryCodec.Read(line, oversized, out entry, out fault));

        Assert.Equal(verdict == LineVerdict.Entry, entry is not null);
        Assert.Equal(verdict == LineVerdict.Entry, fault is null);
        if (entry is null || Rewritten(entry) is not { } again) return;
        Assert.Equal(LineVerdict.Entry, GroupEntryCodec.Read(again, false, out var back, out _));
        Assert.Equal(Encoding.UTF8.GetString(again), Encoding.UTF8.GetString(Line(back!)));
    });

    [Fact]
    public async Task The_lines_of_a_state_are_a_state_that_survives_writing_or_no_state()
    {
        var corpora = Enumerable.Range(1, 8).Select(seed => GroupStateCodec.Write(State((ulong)seed))).ToList();
        var pool = corpora.SelectMany(lines => lines).ToList();
        var read = 0;
        await new Campaign(output).RunAsync(1_000, lottery =>
        {
            var lines = corpora[lottery.Below(corpora.Count)].ToList();
            Spoil(lines, lottery, pool);
            GroupState? s = null;
            try
            {
                Campaign.Bounded(lines.Sum(line => line.Length), () => s = GroupStateCodec.Read(lines));
            }
            catch (Exception e) when (e is FormatException or OverflowException)
            {
                return; // the two that the reader of a segment expects
            }
            read++;
            var again = GroupStateCodec.Write(s!);
            Assert.Equal(again, GroupStateCodec.Write(GroupStateCodec.Read(again)));
        });
        Assert.True(read > 50 || Campaign.IsReplay, "every input was refused");
    }

    [Fact]
    public Task A_segments_first_line_is_refused_or_is_of_a_valid_group() => new Campaign(output).RunAsync(5_000, lottery =>
    {
        var valid = SegmentHeader.Write(Group, 1 + lottery.Below(9), "0123", 1, lottery.Below(99), ["{}"u8.ToArray()]).ToArray();
        var line = Lines.Sealed(new Mutator(lottery).Mutate(valid[..Array.IndexOf(valid, (byte)'\n')], Corpus));
        SegmentHeader? header = null;
        try
        {
            Campaign.Bounded(line.Length, () => header = SegmentHeader.Read(line));
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            return;
        }
        Assert.True(Identifier.IsValid(header!.GroupId));
    });

    [Fact]
    public async Task A_spoilt_segment_fails_as_documented_or_is_read()
    {
        using var ledger = new TempLedger();
        var directory = await ledger.OpenAsync();
        await FillAsync(directory);
        var path = Path.Combine(ledger.Path, SegmentName.Of(Group, 1) + ".log.jsonl");
        byte[][] corpus = [await File.ReadAllBytesAsync(path)];
        await new Campaign(output).RunAsync(150, lottery =>
        {
            File.WriteAllBytes(path, new Mutator(lottery).Mutate(corpus[0], corpus));
            if (Record.Exception(() => { directory.ReadGroup(Group); }) is { } e) Assert.IsAssignableFrom<LedgerException>(e);
        });
    }

    [Fact]
    public async Task A_groups_two_files_decide_nothing_whatever_is_in_them()
    {
        using var ledger = new TempLedger();
        var directory = await ledger.OpenAsync();
        await FillAsync(directory);
        var before = GroupStateCodec.Write(directory.ReadGroup(Group));
        var layout = new LedgerLayout(ledger.Path);
        string[] paths = [layout.Orchestrator(Group), layout.Supervisors(Group)];
        byte[][] corpus = [.. paths.Select(File.ReadAllBytes)];
        await new Campaign(output).RunAsync(50, lottery =>
        {
            foreach (var path in paths) File.WriteAllBytes(path, new Mutator(lottery).Mutate(corpus[lottery.Below(2)], corpus));
            Assert.Equal(before, GroupStateCodec.Write(directory.ReadGroup(Group)));
            Assert.Equal([Group], directory.ListGroups());
        });
        // And a member makes them anew.
        foreach (var path in paths) await File.WriteAllTextAsync(path, "spoilt");
        await FillAsync(directory);
        foreach (var path in paths) JsonFields.Parse(await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task Values_of_variables_are_read_or_refused_naming_their_file()
    {
        using var ledger = new TempLedger();
        var context = (await ledger.OpenAsync()).Context;
        var values = new Dictionary<string, string> { ["A"] = "1", ["KEY"] = "\"\\\n žluťoučký 🦊", ["EMPTY"] = "" };
        var name = GroupSecrets.Keep(context, Group, "s", values);
        Assert.Equal(values, GroupSecrets.Read(context, name));
        var path = Path.Combine(context.Layout.Secrets, name);
        byte[][] corpus = [await File.ReadAllBytesAsync(path), Corpus[0]];
        await new Campaign(output).RunAsync(500, lottery =>
        {
            var bytes = new Mutator(lottery).Mutate(corpus[0], corpus);
            File.WriteAllBytes(path, bytes);
            try
            {
                IReadOnlyDictionary<string, string>? read = null;
                Campaign.Bounded(bytes.Length, () => read = GroupSecrets.Read(context, name));
                Assert.Equal(read, SecretsCodec.Read(SecretsCodec.Write(read!)));
            }
            catch (LedgerStorageException e)
            {
                Assert.Contains(name, e.Message, StringComparison.Ordinal);
            }
        });
    }

    [Fact]
    public Task No_name_of_a_file_of_values_leads_out_of_their_directory() => new Campaign(output).RunAsync(5_000, lottery =>
    {
        byte[][] corpus = ["g~s~0123456789abcdef.json"u8.ToArray(), "../../etc/passwd"u8.ToArray(), "a~../b~c"u8.ToArray()];
        var name = Encoding.UTF8.GetString(new Mutator(lottery).Mutate(corpus[lottery.Below(3)], corpus));
        if (GroupSecrets.GroupOf(name) is null) return;
        var path = Path.GetFullPath(Path.Combine("/ledger/secrets", name));
        Assert.Equal("/ledger/secrets/" + name, path);
    });

    /// <summary>A line is mutated, missing, twice, at another place, or another state's.</summary>
    private static void Spoil(List<byte[]> lines, Lottery lottery, List<byte[]> pool)
    {
        var at = lottery.Below(lines.Count);
        switch (lottery.Below(5))
        {
            case 0:
                lines.RemoveAt(at);
                break;
            case 1:
                lines.Insert(lottery.Below(lines.Count + 1), lines[at]);
                break;
            case 2:
                lines.Insert(at, pool[lottery.Below(pool.Count)]);
                break;
            default:
                lines[at] = new Mutator(lottery).Mutate(lines[at], pool);
                break;
        }
    }

    /// <summary>What becomes of a group in which entries of every kind meet.</summary>
    private static GroupState State(ulong seed)
    {
        var samples = new GroupSamples(seed);
        var lottery = new Lottery(seed);
        var s = GroupFold.Create(Group, "2026-01-01T00:00:00.000Z");
        for (var i = 1; i <= 60; i++)
        {
            var who = "p" + lottery.Below(3).ToString(CultureInfo.InvariantCulture);
            GroupEntryData data = i <= 6 ? new MemberJoined(new ProcessIdentity("h", "b", "p", "m", "0", i, "1"), true, true, 0, null, null, null)
                : (i % 6) switch
                {
                    0 => new OrchestratorTakenOver(s.Term, false),
                    1 => samples.Data(GroupEntryType.SupervisorRegistered),
                    2 => new CommandSent("c" + i.ToString(CultureInfo.InvariantCulture), "p0-1", "name", "[]", 1000),
                    3 => new BarrierOpened("b" + i.ToString(CultureInfo.InvariantCulture)),
                    4 => samples.Data(GroupEntryType.Invited),
                    _ => samples.Data((GroupEntryType)lottery.Below(Enum.GetValues<GroupEntryType>().Length - 1)),
                };
            s = GroupFold.Apply(s, new GroupEntry("n", i, who, who + "-1", "2026-01-01T00:00:00.000Z", data)).State;
        }
        return s;
    }

    private static async Task FillAsync(LedgerDirectory directory)
    {
        await using var participant = await directory.JoinAsync("a");
        var group = await participant.JoinGroupAsync(Group, new Ledger.Groups.GroupOptions { CanOrchestrate = true });
        await group.RegisterSupervisorAsync("s", new SupervisorSettings());
        await group.WaitUntilAsync(s => s.Acting is not null).WaitAsync(TimeSpan.FromSeconds(60));
        await group.BarrierAsync("b" + Guid.NewGuid().ToString("N"));
        var layout = directory.Context.Layout;
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        // Published with the next tick.
        while (!IsJson(layout.Orchestrator(Group)) || !IsJson(layout.Supervisors(Group)))
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, bound.Token);
    }

    private static bool IsJson(string path) => File.Exists(path) && File.ReadAllText(path).StartsWith('{');

    private static byte[]? Rewritten(GroupEntry entry)
    {
        try
        {
            return Line(entry);
        }
        catch (LedgerException)
        {
            return null; // escapes make it too long: nobody writes it
        }
    }

    private static byte[] Line(GroupEntry entry)
    {
        var record = new ArrayBufferWriter<byte>();
        GroupEntryCodec.Write(record, entry);
        return record.WrittenSpan[1..^1].ToArray();
    }
}
