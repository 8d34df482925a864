using System.Globalization;
using Ledger.Model;
using Ledger.Platform;
using Ledger.Runtime;
using Ledger.Tests.Platform;

namespace Ledger.Tests.Runtime;

public sealed class RetentionTests
{
    private static readonly TimeSpan Old = TimeSpan.FromHours(2);

    [Fact]
    public async Task The_newest_are_kept_and_all_that_is_younger_than_an_hour()
    {
        using var place = new TempLedger();
        var ledger = await OpenAsync(place, keep: 2);
        for (var i = 0; i < 5; i++) Archived(ledger, $"old{i}", Old + TimeSpan.FromMinutes(i));
        Retention.Prune(ledger);
        Assert.Equal(["old0", "old1"], Names(ledger));
        for (var i = 0; i < 3; i++) Archived(ledger, $"young{i}", TimeSpan.FromMinutes(50));
        Retention.Prune(ledger);
        Assert.Equal(["young0", "young1", "young2"], Names(ledger));
    }

    [Fact]
    public async Task With_few_in_the_backup_every_archiving_prunes()
    {
        using var place = new TempLedger();
        var ledger = await OpenAsync(place, keep: 1);
        for (var i = 0; i < 50; i++)
        {
            Archived(ledger, "one", Old);
            Archived(ledger, "two", Old * 2);
            ledger.Retention.AfterArchiving(ledger, Nonce(i));
            Assert.Equal(["one"], Names(ledger));
        }
    }

    [Fact]
    public async Task With_thousands_in_the_backup_an_archiving_looks_at_few_and_all_are_pruned_all_the_same()
    {
        const int Young = 2_000, Archivings = 500;
        using var place = new TempLedger();
        var opened = await OpenAsync(place, keep: 20);
        var disk = new CountingDisk(opened.Disk);
        var ledger = opened with { Disk = disk };
        for (var i = 0; i < Young; i++) Archived(ledger, $"op{i}", TimeSpan.FromMinutes(1));
        for (var i = 0; i < Archivings; i++) ledger.Retention.AfterArchiving(ledger, Nonce(i));
        Assert.InRange(disk.Looks, Young, Archivings * 64);
        Assert.Equal(Young, Names(ledger).Count());

        for (var i = 0; i < Young; i++) Archived(ledger, $"op{i}", Old + TimeSpan.FromSeconds(i));
        var more = 0;
        while (Names(ledger).Count() > 20) ledger.Retention.AfterArchiving(ledger, Nonce(more++));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"op{i}").Order(StringComparer.Ordinal), Names(ledger));
        Assert.InRange(more, 1, Archivings);
    }

    [Fact]
    public void Turns_are_spread_evenly_and_whose_turn_it_is_with_many_has_it_with_few()
    {
        var turns = Enumerable.Range(0, 20_000).Where(i => Retention.IsTurn(Nonce(i), 10_000)).ToList();
        Assert.InRange(turns.Count, 40, 90); // one in 313
        Assert.All(turns, i => Assert.True(Retention.IsTurn(Nonce(i), 5_000)));
        Assert.True(Retention.IsTurn("", 0));
    }

    private static string Nonce(int i) => ((ulong)i * 0x9e3779b97f4a7c15UL).ToString("x16", CultureInfo.InvariantCulture);

    private static async Task<LedgerContext> OpenAsync(TempLedger place, int keep) =>
        (await place.OpenAsync(o => o with { KeepFinished = keep })).Context;

    /// <summary>A finished operation, so long ago by its state file.</summary>
    private static void Archived(LedgerContext ledger, string name, TimeSpan ago)
    {
        Directory.CreateDirectory(ledger.Layout.Archived(name));
        var state = ledger.Layout.ArchivedSnapshot(name);
        File.WriteAllText(state, "{}");
        File.SetLastWriteTimeUtc(state, TimeProvider.System.GetUtcNow().UtcDateTime - ago);
    }

    private static IEnumerable<string> Names(LedgerContext ledger) => ledger.Logs.ListArchived().Order(StringComparer.Ordinal);

    private sealed class CountingDisk(IDisk disk) : PassingDisk(disk)
    {
        public int Looks { get; private set; }

        public override DiskEntry? Look(string path)
        {
            Looks++;
            return base.Look(path);
        }
    }
}
