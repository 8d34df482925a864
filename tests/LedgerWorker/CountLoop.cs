using System.Globalization;
using Ledger.Model;
using Ledger.Runtime;
using Ledger.Runtime.Replication;
using CountReplica = Ledger.Runtime.Replication.LogReplica<
    Ledger.Worker.Counted, Ledger.Model.Entry, Ledger.Model.EntryData, Ledger.Worker.CountOutcome>;

namespace Ledger.Worker;

/// <summary>One of several processes that write to a segmented log as fast as they can: each its numbers, from where its
/// predecessor under the same id was interrupted. Says how far it is, and when it has written enough, on each line of input
/// what it has read.</summary>
internal sealed class CountLoop(LedgerContext ledger, string writer, TextReader input, TextWriter output)
{
    public const string Group = "counted";

    private long jumps;

    public static bool TryBegin(LedgerContext ledger) => ledger.Segments.TryCreate(
        Group, 1, CountingMachine.Instance.FoldVersion, 0, CountingMachine.Instance.WriteHeader(new Counted()));

    /// <summary>Writes from the first line of input to the second, and tells every so many numbers.</summary>
    public void Run(long tellEvery, long sealAfter)
    {
        var options = ledger.SegmentOptions with { Entries = sealAfter };
        var reader = ledger.ReaderOf(Group, CountingMachine.Instance, options);
        using var replica = new CountReplica(reader, ledger.Clock, writer, ledger.NewHex(20)) { Jumped = _ => jumps++ };
        replica.CatchUp();
        Say($"ready {Environment.ProcessId} -");
        input.ReadLine();
        var enough = Task.Run(input.ReadLine);
        for (var told = Last(replica); !enough.IsCompleted;)
        {
            Write(replica);
            if (Last(replica) < told + tellEvery) continue;
            told = Last(replica);
            Say($"at {told} {reader.Number}");
        }
        Say($"counted {Last(replica)} {jumps}");
        while (input.ReadLine() is not null)
        {
            replica.CatchUp();
            var s = replica.State;
            Say(string.Create(CultureInfo.InvariantCulture,
                $"state {s.Position} {s.Order} {s.Missing} {s.Doubled} {s.Writers.Values.Sum(w => w.Count)} {reader.Number}"));
        }
    }

    private void Write(CountReplica replica)
    {
        var next = Last(replica) + 1;
        try
        {
            var outcomes = replica.Propose(CountingMachine.Number(next), CountingMachine.Number(next + 1));
            if (outcomes.Any(o => o.Rejection is not null)) throw new InvalidOperationException("An entry was rejected.");
        }
        catch (LedgerException e) when (e is not LedgerStorageException)
        {
            // Stopped between writing and reading until the segment was deleted: how far it is, is in the state.
            Say($"untold {next}");
        }
    }

    private long Last(CountReplica replica) => replica.State.Writers.GetValueOrDefault(writer).Last;

    private void Say(string line) => output.WriteLine(line);
}
