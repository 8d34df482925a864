using System.Globalization;

namespace Ledger.Soak;

/// <summary>How a soak is run.</summary>
/// <param name="Load">How long there are operations and faults; the end, without faults, comes on top.</param>
/// <param name="Processes">Participants at a time. A quarter of them, at least two, is never touched.</param>
/// <param name="Seed">Of the faults and of what participants do. Processes race, so it does not replay a run.</param>
/// <param name="Json">Print the report as one JSON object.</param>
/// <param name="Keep">Leave the ledger where it is if something is wrong with it, and say where.</param>
internal sealed record SoakOptions(TimeSpan Load, int Processes, int Seed, bool Json, bool Keep)
{
    public const string Usage = "Ledger.Soak [--minutes 10] [--processes 20] [--seed 1] [--json] [--keep]";

    public static SoakOptions? TryParse(string[] args)
    {
        var (minutes, processes, seed, json, keep) = (10.0, 20, 1, false, false);
        for (var i = 0; i < args.Length; i++)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            var isKnown = args[i] switch
            {
                "--json" => json = true,
                "--keep" => keep = true,
                "--minutes" => double.TryParse(value, CultureInfo.InvariantCulture, out minutes) && minutes is > 0 and <= 10_000,
                "--processes" => int.TryParse(value, CultureInfo.InvariantCulture, out processes) && processes is >= 4 and <= 200,
                "--seed" => int.TryParse(value, CultureInfo.InvariantCulture, out seed),
                _ => false,
            };
            if (!isKnown) return null;
            if (args[i] is not ("--json" or "--keep")) i++;
        }
        return new SoakOptions(TimeSpan.FromMinutes(minutes), processes, seed, json, keep);
    }
}
