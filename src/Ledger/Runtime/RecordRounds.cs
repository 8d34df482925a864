using Ledger.Log;
using Ledger.Model;
using Ledger.Platform;

namespace Ledger.Runtime;

/// <summary>One participant's rounds over the heartbeat records of all: deletes those of processes that are gone by the kernel's
/// word, and tells of others under its own id. A bounded number at a time, from its own record on, so that of many
/// participants each begins elsewhere.</summary>
internal sealed class RecordRounds(ParticipantCore core)
{
    /// <summary>Records looked at in one go.</summary>
    public const int MostAtOnce = 8;

    private readonly HashSet<string> namesakes = new(StringComparer.Ordinal);
    private string last = $"{core.ParticipantId}~{core.Incarnation}";

    /// <summary>The next piece. One caller at a time.</summary>
    public void Step()
    {
        var names = List();
        TellOfTheSameId(names);
        var next = names.OrderBy(n => string.CompareOrdinal(n, last) <= 0).ThenBy(n => n, StringComparer.Ordinal).Take(MostAtOnce);
        foreach (var name in next) SweepOne(core.Ledger, last = name);
    }

    /// <summary>Both of two processes with one participant id run on, and each is told, whichever came first.</summary>
    public void TellOfTheSameId() => TellOfTheSameId(List());

    /// <summary>Deletes all records of processes that are gone by the kernel's word.</summary>
    public static int SweepAll(LedgerContext ledger) =>
        (ledger.Disk.List(ledger.Layout.Participants) ?? []).Count(name => SweepOne(ledger, name));

    private IReadOnlyList<string> List() => core.Ledger.Disk.List(core.Ledger.Layout.Participants) ?? [];

    private void TellOfTheSameId(IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            var isOther = name.StartsWith(core.ParticipantId + "~", StringComparison.Ordinal)
                && !name.Contains(core.Incarnation, StringComparison.Ordinal);
            bool isNew;
            lock (namesakes) isNew = isOther && namesakes.Add(name);
            if (isNew) Messages.SameId(core.Ledger.Log, core.ParticipantId, name);
        }
    }

    private static bool SweepOne(LedgerContext ledger, string name)
    {
        var path = ledger.Layout.Participant(name);
        try
        {
            if (ledger.Disk.ReadAll(path, HeartbeatRecord.Size * 4) is not { } bytes) return false;
            if (HeartbeatRecord.Parse(bytes) is not { } record) return false;
            if (ledger.Processes.Look(record.Process) != ProcessState.Exited) return false;
            ledger.Disk.Delete(path);
            return true;
        }
        catch (LedgerStorageException e)
        {
            // One that cannot be read must not keep the others.
            Messages.LeftoverStays(ledger.Log, path, e.Message);
            return false;
        }
    }
}
