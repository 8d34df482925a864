using System.Globalization;

namespace Ledger.Sim;

/// <summary>What the command line asks for.</summary>
/// <param name="Seeds">How many seeds are run.</param>
/// <param name="From">The first.</param>
/// <param name="Limit">Real time after which no further seed is begun; null: none.</param>
/// <param name="Steps">Steps of each run.</param>
/// <param name="Threads">Runs beside each other.</param>
/// <param name="Replay">The one seed that is run and told in full; null: none.</param>
/// <param name="Groups">Groups instead of operations.</param>
/// <param name="Mutation">Name of a planted fault; null: none.</param>
internal sealed record SimRequest(
    ulong Seeds, ulong From, TimeSpan? Limit, int Steps, int Threads, ulong? Replay, bool Groups, string? Mutation)
{
    public const string Usage = """
        ledger-sim [--seeds 100] [--from 1] [--seconds T] [--steps 80] [--threads 1] [--about operations|groups] [--mutation NAME]
        ledger-sim --replay SEED [--steps 80] [--about operations|groups] [--mutation NAME]
        ledger-sim --list-mutations
        """;

    public static SimRequest? TryParse(string[] args)
    {
        var asked = new SimRequest(100, 1, null, 80, 1, null, false, null);
        var isUnlimited = true;
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            var isNumber = ulong.TryParse(value, CultureInfo.InvariantCulture, out var n);
            var next = args[i] switch
            {
                "--seeds" when isNumber => asked with { Seeds = n },
                "--from" when isNumber => asked with { From = n },
                "--seconds" when isNumber && n <= 1_000_000 => asked with { Limit = TimeSpan.FromSeconds(n) },
                "--steps" when isNumber && n is > 0 and <= 100_000 => asked with { Steps = (int)n },
                "--threads" when isNumber && n is > 0 and <= 256 => asked with { Threads = (int)n },
                "--replay" when isNumber => asked with { Replay = n },
                "--about" when value is "operations" or "groups" => asked with { Groups = value == "groups" },
                "--mutation" when value.Length > 0 => asked with { Mutation = value },
                _ => null,
            };
            if (next is null) return null;
            isUnlimited &= args[i] != "--seeds";
            asked = next;
        }
        // With a time limit alone, as many as it allows.
        return asked.Limit is not null && isUnlimited ? asked with { Seeds = ulong.MaxValue - asked.From } : asked;
    }
}
