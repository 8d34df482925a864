using System.Globalization;
using Ledger.Platform;

namespace Ledger.Soak;

/// <summary>What one process used at several times. Flat: of the run's last third the median is not far above that of the
/// first.</summary>
/// <param name="Id">Whose.</param>
internal sealed record Samples(string Id)
{
    private readonly List<(long RssKb, long Fds)> all = [];

    public (long First, long Last) RssKb => Thirds(s => s.RssKb);

    public (long First, long Last) Fds => Thirds(s => s.Fds);

    public void Take(int pid)
    {
        var status = Procfs.Read(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/status"));
        var at = status?.IndexOf("VmRSS:", StringComparison.Ordinal) ?? -1;
        if (at < 0) return;
        var kb = status!.AsSpan(at + "VmRSS:".Length).TrimStart();
        kb = kb[..kb.IndexOf(' ')];
        all.Add((long.Parse(kb, CultureInfo.InvariantCulture), Directory.GetFileSystemEntries($"/proc/{pid}/fd").Length));
    }

    private (long First, long Last) Thirds(Func<(long RssKb, long Fds), long> figure)
    {
        var third = all.Count / 3;
        return third == 0 ? (0, 0) : (Median(all.Take(third)), Median(all.TakeLast(third)));

        long Median(IEnumerable<(long, long)> some) => some.Select(figure).Order().ElementAt(third / 2);
    }
}
