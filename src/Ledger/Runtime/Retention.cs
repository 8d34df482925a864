using Ledger.Model;

namespace Ledger.Runtime;

/// <summary>What is kept of finished operations: the newest, and whatever is younger than an hour.</summary>
internal sealed class Retention
{
    private const int LooksPerArchiving = 32;
    private static readonly TimeSpan KeptInAnyCase = TimeSpan.FromHours(1);

    private volatile int lastCount;

    /// <summary>Prunes in its turn. To learn what is old, everything in the backup is looked at, and a busy ledger keeps
    /// thousands that are younger than an hour. So one archiving in so many does it for all, drawn by the operation's
    /// nonce: that needs no memory, which processes that archive one operation each have not.</summary>
    public void AfterArchiving(LedgerContext ledger, string nonce)
    {
        if (!IsTurn(nonce, lastCount)) return;
        var names = ledger.Logs.ListArchived();
        lastCount = names.Count;
        if (IsTurn(nonce, names.Count)) Prune(ledger, names);
    }

    /// <summary>Deletes the oldest of the backup beyond what is kept; nothing younger than an hour by the file system's own
    /// clock.</summary>
    public static void Prune(LedgerContext ledger) => Prune(ledger, ledger.Logs.ListArchived());

    /// <summary>Whose turn it is with few is so with fewer, too: the two looks are one draw.</summary>
    internal static bool IsTurn(string nonce, int count)
    {
        var draw = 2166136261u; // FNV-1a: spread evenly, nothing more
        foreach (var c in nonce) draw = (draw ^ c) * 16777619u;
        return draw <= uint.MaxValue / (1 + ((uint)count / LooksPerArchiving));
    }

    private static void Prune(LedgerContext ledger, IReadOnlyList<string> names)
    {
        if (names.Count <= ledger.Options.KeepFinished) return;
        var now = ledger.FileSystemNow();
        var old = names.Select(name => (Name: name, At: ArchivedAt(ledger, name))).Where(b => b.At is not null)
            .OrderByDescending(b => b.At).Skip(ledger.Options.KeepFinished)
            .Where(b => now - b.At >= KeptInAnyCase).ToList();
        foreach (var (name, _) in old)
        {
            // Names are used again: what is judged is the history that has this nonce, and lies there before the last look.
            using var log = ledger.Logs.TryOpenArchived(name);
            var nonce = log is null ? null : Housekeeper.NonceOf(ledger, log);
            if (now - ArchivedAt(ledger, name) >= KeptInAnyCase)
                ledger.Logs.DeleteArchived(name, other => Housekeeper.NonceOf(ledger, other) == nonce);
        }
    }

    private static DateTimeOffset? ArchivedAt(LedgerContext ledger, string name) =>
        (ledger.Disk.Look(ledger.Layout.ArchivedSnapshot(name)) ?? ledger.Disk.Look(ledger.Layout.Archived(name)))?.Modified;
}
