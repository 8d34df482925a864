using Ledger.Model;
using Ledger.Rules;
using Ledger.Tests.Log;
using Ledger.Tests.Rules.Exploration;

namespace Ledger.Tests.Rules;

/// <summary>What the stories cannot say of the fold.</summary>
public sealed class FoldTests
{
    [Fact]
    public void The_fold_is_total_whatever_an_entry_says()
    {
        var types = Enum.GetValues<EntryType>();
        for (ulong seed = 1; seed <= 300; seed++)
        {
            var samples = new Samples(seed);
            var state = Story.Of("A creates", "B joins", "B supervises a", "A starts a contained watchdog 1",
                "B starts b under a contained sup a", "A starts c under b").Now;
            for (var i = 1; i <= 60; i++)
            {
                var data = At(samples, samples.Data(types[samples.Below(types.Length)]));
                var who = "ABX"[samples.Below(3)].ToString();
                var (after, outcome) = Fold.Apply(state, new Entry("n1", 100 + i, who, who + "1", "", data));
                Assert.Null(Invariants.Fault(after));
                Assert.Equal(state.Position + 1, outcome.Position);
                state = after;
            }
        }
    }

    [Fact]
    public void A_log_begins_with_a_genesis_or_not_at_all()
    {
        var process = ScriptVerbs.ProcessOn("here");
        Assert.Null(Fold.Begin(new Entry("n", 1, "A", "A1", "", new ParticipantJoined(process))));
        Assert.Null(Fold.Begin(new Entry("n", 1, "A", "A1", "", new OperationCreated("op", Fold.Version + 1, process, null))));
        var state = Fold.Begin(new Entry("n", 5, "A", "A1", "then", new OperationCreated("op", Fold.Version, process, "why")))!;
        Assert.Equal(("op", "n", "then", "why", "A", 1L), (state.OperationId, state.Nonce, state.StartTime, state.Description,
            state.InitiatorId, state.Position));
        Assert.Equal(5, state.Members["A1"].LastSequence);
    }

    /// <summary>Whoever enumerates them proposes, watches and tells in that order, and nothing but the log may decide it.</summary>
    [Fact]
    public void Members_and_supervisors_have_one_order_in_every_process()
    {
        var story = Story.Of("A creates");
        for (var n = 0; n < 40; n++)
        {
            story.Tell($"M{n * 17 % 40:00} joins");
            story.Tell($"M{n * 17 % 40:00} supervises S{n * 23 % 40:00}");
        }
        Assert.Equal(41, story.Now.Members.Count);
        Assert.Equal(story.Now.Members.Keys.Order(StringComparer.Ordinal), story.Now.Members.Keys);
        Assert.Equal(40, story.Now.Supervisors.Count);
        Assert.Equal(story.Now.Supervisors.Keys.Order(StringComparer.Ordinal), story.Now.Supervisors.Keys);
    }

    [Fact]
    public void The_answer_to_the_latest_entry_is_kept_for_its_retry()
    {
        var story = Story.Of("A creates", "A starts CLI");
        Assert.Equal((2, null), story.Now.Members["A1"].LastOutcome);
        story.Tell("A ends Nowhere");
        Assert.Equal((3, Reasons.FrameGone), story.Now.Members["A1"].LastOutcome);
        story.Tell("A retries");
        Assert.Equal((3, Reasons.FrameGone), story.Now.Members["A1"].LastOutcome);
        Assert.Equal(2, story.Now.Members["A1"].LastAccepted);
    }

    [Fact]
    public void A_frame_keeps_what_it_was_started_with()
    {
        var story = Story.Of("A creates", "A starts CLI", "A starts Work under CLI contained sup S/h bound 7 watchdog 9 with /f");
        var f = story.Frame("Work");
        Assert.Equal((3, 2, "CLI", 3L, "S", "h", 7, 9L), (f.Position, f.Caller, f.CallerId, f.DomainRoot, f.SupervisorId,
            f.SupervisorHandle, f.CleanupBoundMs, f.WatchdogMs));
        Assert.Equal("/f", Assert.Single(f.Resources).Path);
        Assert.Equal(["/f", "/g"], Registered("/g"));
        Assert.Equal(["/g", "/f"], Registered("/f"));

        IEnumerable<string?> Registered(string path)
        {
            story.Tell($"A registers {path} on Work");
            return story.Frame("Work").Resources.Select(r => r.Path);
        }
    }

    /// <summary>Aims an entry about a frame at one that exists, most of the time.</summary>
    private static EntryData At(Samples samples, EntryData data)
    {
        var at = samples.Below(3);
        var (id, token) = ("abc"[at].ToString(), samples.Below(8) == 0 ? 1L : 4 + at);
        return data switch
        {
            FrameEntry f => f with { CallId = id, Token = token },
            CrashDetected c => c with { Accused = "B1", FencingTokens = [token] },
            SupervisorDied d => d with { SupervisorId = "a", Incarnation = "B1", Token = d.Token is null ? null : token },
            InitiatorChanged => new InitiatorChanged(samples.Flag() ? "B1" : "X1"),
            _ => data,
        };
    }
}
