using Ledger.Model;
using Ledger.Tests.Platform;

namespace Ledger.Tests.Runtime.Segments;

/// <summary>What is left of a process that died between a seal and the end of what follows it, or slept there.</summary>
public abstract partial class SegmentContract
{
    [ContractFact]
    public void Whoever_dies_between_a_seal_and_the_end_of_its_work_is_finished_by_the_next() => ForEach(
        ["behind append", "before create", "behind create", "before archive", "behind archive", "before delete", "behind delete"],
        step =>
        {
            GoOnUntil(Kept + 2);
            DieAt(step);
            var next = Open("w");
            next.Write(3);
            next.RequireAll(3);
            Assert.Equal(1, next.State.Writers["dying"].Count);
            Assert.Equal(next.State.Order, Open("r").State.Order);
            Assert.Equal(LiveWith(next.Number), Live());
            Assert.Equal(KeptBefore(next.Number), Archived());
        });

    [ContractFact]
    public void Whoever_sleeps_there_until_it_is_long_over_changes_nothing() => ForEach(
        ["before create", "before archive", "before delete"], step =>
        {
            GoOnUntil(Kept + 2);
            var logs = new InterruptedLogs(OpenLogs());
            var sleeper = Open("s", sealAfter: 0, logs);
            logs.At = at => at == step ? () => GoOnUntil((3 * Kept) + 5) : null;
            sleeper.Write(1);
            Assert.Null(logs.At);
            sleeper.Write(2);
            sleeper.RequireAll(3);
            var other = Open("w");
            other.Write(1);
            Assert.Equal(3, other.State.Writers["s"].Count);
            Assert.Equal(LiveWith(other.Number), Live());
        });

    [ContractFact]
    public void A_segment_that_a_sleeper_created_again_leads_nobody_astray()
    {
        TryBegin();
        var behind = Open("behind");
        behind.Write(1);
        var logs = new InterruptedLogs(OpenLogs());
        var dying = Open("dying", sealAfter: 0, logs);
        logs.At = at => at == "before create" ? () => SleepOn(logs) : null;
        Assert.ThrowsAny<Exception>(() => dying.Write(1));
        Assert.Contains(Name(2), Live());

        // It knows of segment 1 only, whose successor seems to be there, and is not sealed.
        behind.Write(2);
        behind.RequireAll(3);
        var newest = Open("w");
        Assert.Equal(newest.Number, behind.Number);
        Assert.Equal(3, newest.State.Writers["behind"].Count);
        GoOnUntil(newest.Number + 1);
        Assert.Equal(LiveWith(newest.Number + 1), Live());

        void SleepOn(InterruptedLogs mine)
        {
            GoOnUntil(Kept + 4);
            mine.At = at => at == "behind create" ? () => throw new Death() : null;
        }
    }

    [ContractFact]
    public void Whoever_is_overtaken_between_looking_for_the_newest_segment_and_opening_it_looks_again()
    {
        TryBegin();
        var logs = new InterruptedLogs(OpenLogs());
        Overtake(Kept + 4);
        var late = Open("late", logs: logs);
        Assert.Null(logs.At);
        late.Write(1);

        // The same for one whose segment is there no more.
        GoOnUntil(2 * (Kept + 4));
        Overtake(3 * (Kept + 4));
        late.Write(1);
        Assert.Null(logs.At);
        late.RequireAll(2);
        Assert.Equal(late.State.Order, Open("r").State.Order);

        void Overtake(long number) => logs.At = at => at == "behind list" ? () => GoOnUntil(number) : null;
    }

    [ContractFact]
    public void Whoever_is_overtaken_for_ever_is_told_so()
    {
        TryBegin();
        var logs = new InterruptedLogs(OpenLogs());
        var number = 1L;
        logs.At = Overtake;
        Assert.Contains("was over each time", Assert.Throws<LedgerStorageException>(() => Open("late", logs: logs)).Message, StringComparison.Ordinal);
        logs.At = null;
        Open("late", logs: logs).Write(1);

        Action? Overtake(string at) => at != "behind list" ? null : () =>
        {
            GoOnUntil(number += Kept + 4);
            logs.At = Overtake;
        };
    }

    [ContractFact]
    public void Whoever_is_on_his_way_into_a_segment_when_the_whole_log_is_deleted_comes_to_an_end()
    {
        TryBegin();
        var logs = new InterruptedLogs(OpenLogs());
        var sleeper = Open("s", logs: logs);
        GoOnUntil(Kept + 4);
        logs.At = at => at == "behind open" ? DeleteAll : null;
        sleeper.Replica.CatchUp();
        Assert.Null(logs.At);

        // A thread with a bound: the point is that it comes back. Who still has a deleted file open may hear himself in it.
        var failures = Race.Run(1, _ => Enumerable.Range(0, 2).Select(_ => Record.Exception(() => sleeper.Write(1))).ToList())[0];
        Assert.All(failures, failure => Assert.True(
            failure is null ? !IsReadByName : failure is LedgerStorageException && failure.Message.Contains("is gone", StringComparison.Ordinal),
            failure?.ToString()));

        void DeleteAll()
        {
            var all = OpenLogs();
            foreach (var name in Live()) all.TryArchive(name, "0123456789abcdef", static _ => true);
            foreach (var name in Archived()) all.DeleteArchived(name, static _ => true);
        }
    }
}
