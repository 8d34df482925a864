using System.Collections.Immutable;
using System.Globalization;
using Ledger.Model;
using Ledger.Rules;

namespace Ledger.Tests.Rules;

public sealed class WatchingTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(5, 4)]
    [InlineData(200, 4)] // three neighbours, the initiator
    public void A_bounded_number_is_watched_however_many_there_are(int members, int most)
    {
        var state = Crowd(members);
        foreach (var self in state.Members.Keys)
        {
            var chosen = Chosen([state], self, turn: 5);
            Assert.InRange(chosen.Count, Math.Min(most, Watching.Neighbours), most);
            Assert.DoesNotContain(self, chosen);
        }
    }

    [Fact]
    public void Callees_by_the_hundred_do_not_break_the_bound()
    {
        var story = Story.Of("A creates", "A starts CLI");
        for (var i = 2; i < 200; i++)
        {
            story.Tell($"B{i} joins");
            story.Tell($"B{i} starts Call{i} under CLI");
        }
        Assert.Equal(Watching.Most, Chosen([story.Now], "A1").Count);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(50)]
    public void Everyone_is_watched_by_at_least_three_others_or_all_there_are(int members)
    {
        var state = Crowd(members);
        var watched = state.Members.Keys.SelectMany(self => Chosen([state], self)).ToLookup(i => i);
        foreach (var member in state.Members.Keys)
            Assert.True(watched[member].Count() >= Math.Min(Watching.Neighbours, members - 1), member);
    }

    [Fact]
    public void The_ring_wraps_around()
    {
        var state = Crowd(10);
        Assert.Superset(new HashSet<string> { "m000", "m001", "m002" }, Chosen([state], "m009"));
        Assert.Superset(new HashSet<string> { "m008", "m009", "m000" }, Chosen([state], "m007"));
        Assert.Superset(new HashSet<string> { "m005", "m006", "m007" }, Chosen([state], "m0041")); // no member itself
    }

    [Fact]
    public void In_one_round_of_turns_everyone_is_seen_once_by_everyone()
    {
        OperationState[] states = [Crowd(40), Crowd(30, "n", with: "m007"), Crowd(1, "o")];
        foreach (var self in states[0].Members.Keys)
        {
            var (last, seen) = ("", new List<string>());
            // Each turn begins behind whom it was last, as members come and go.
            for (var turn = 0; turn < 70; turn++) seen.Add(last = new Watching(states, self).Following(last).First().Incarnation);
            Assert.Equal(70, seen.Distinct().Count());
            Assert.DoesNotContain(self, seen);
            Assert.Equal(seen.Order(StringComparer.Ordinal), new Watching(states, self).Following("m020").Select(m => m.Incarnation).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Whoever_shares_only_one_operation_with_somebody_busy_is_watched_by_it_all_the_same()
    {
        var pair = Crowd(2, "zz");
        var states = Enumerable.Range(0, 20).Select(i => Crowd(30, $"o{i:00}", with: "zz000")).Append(pair).ToList();
        for (var turn = 0; turn < 30; turn++) Assert.Contains("zz001", Chosen(states, "zz000", turn));
    }

    [Fact]
    public void With_more_operations_than_the_bound_each_has_its_turn()
    {
        var states = Enumerable.Range(0, 200).Select(i => Crowd(1, $"o{i:000}", with: "me")).ToList();
        var seen = Enumerable.Range(0, 200).SelectMany(turn => Chosen(states, "me", turn)).ToHashSet();
        Assert.Equal(200, seen.Count);
        Assert.All(Enumerable.Range(0, 200), turn => Assert.True(Chosen(states, "me", turn).Count <= Watching.Most));
    }

    [Fact]
    public void Those_concerned_are_watched_in_every_turn()
    {
        var story = Story.Of("M000 creates");
        for (var i = 1; i < 60; i++) story.Tell($"M{i:000} joins"); // participant M, incarnations M001 to M059
        story.Tell("M005 starts Mine contained sup S");
        story.Tell("M030 starts Callee under Mine");
        story.Tell("M040 supervises S");
        story.Tell("M041 supervises T");
        story.Tell("M050 starts Crashed contained sup T");
        story.Tell("M000 accuses M050 exited");
        for (var turn = 0; turn < 60; turn++)
        {
            var chosen = Chosen([story.Now], "M005", turn);
            Assert.Superset(new HashSet<string> { "M000", "M030", "M040", "M041" }, chosen);
            Assert.DoesNotContain("M050", chosen);
        }
    }

    [Fact]
    public void Nobody_is_watched_for_an_operation_that_is_over()
    {
        var story = Story.Of("A creates", "B joins", "A completes");
        Assert.Empty(Chosen([story.Now], "A1"));
        Assert.Empty(Chosen([], "A1", turn: 7));
        Assert.Empty(new Watching([story.Now], "A1").Following(""));
    }

    [Fact]
    public void Whoever_crashed_or_left_is_on_no_ring()
    {
        var story = Story.Of("A creates", "B joins", "C joins", "D joins", "B leaves");
        Assert.Equal(["C1", "D1"], new Watching([story.Now], "A1").Following("A1").Select(m => m.Incarnation));
        story.Tell("A accuses C1 exited");
        Assert.Equal(["D1"], Chosen([story.Now], "A1"));
        Assert.Null(new Watching([story.Now], "A1").Find("C1"));
        Assert.Equal("D1", new Watching([story.Now], "A1").Find("D1")!.Incarnation);
    }

    [Theory]
    [InlineData("m005", "m006", true)]
    [InlineData("m005", "m008", true)]
    [InlineData("m005", "m009", false)]
    [InlineData("m005", "m004", false)]
    [InlineData("m008", "m000", true)]
    [InlineData("m008", "m001", true)]
    [InlineData("m008", "m002", false)]
    public void Near_are_the_next_three_on_the_ring(string self, string other, bool isNear) =>
        Assert.Equal(isNear, Watching.IsNear(Crowd(10), self, other));

    private static HashSet<string> Chosen(IEnumerable<OperationState> states, string self, long turn = 0) =>
        [.. new Watching(states, self).Choose(turn).Keys];

    private static OperationState Crowd(int members, string prefix = "m", string? with = null)
    {
        var ids = Enumerable.Range(0, members).Select(i => prefix + i.ToString("000", CultureInfo.InvariantCulture));
        if (with is not null) ids = ids.Append(with);
        var all = ids.Select((id, i) => new Member(id, id, ScriptVerbs.ProcessOn("h"), i + 1)).ToList();
        return new OperationState
        {
            OperationId = prefix,
            Nonce = "n",
            StartTime = "",
            Initiator = all[0].Incarnation,
            Members = all.ToImmutableSortedDictionary(m => m.Incarnation, m => m, StringComparer.Ordinal),
            Joined = all.Select(m => m.Incarnation).ToImmutableSortedSet(StringComparer.Ordinal),
        };
    }
}
