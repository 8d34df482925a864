using System.CommandLine;
using System.Globalization;
using System.Text;
using Ledger.Cli.Shared;
using Ledger.Model;
using Ledger.Platform;

namespace Ledger.Cli.Doctor;

/// <summary>The doctor's second process, started by the doctor itself: does what it is told on standard input, one line each,
/// until that ends.</summary>
internal static class DoctorHelperCommand
{
    public const string Name = "doctor-helper";

    private const string Tag = "b";

    private static readonly Option<string> Directory = new("--in") { Required = true };

    public static Command Create()
    {
        var command = new Command(Name, "The doctor's second process.") { Directory };
        command.Hidden = true;
        return command.Does(RunAsync);
    }

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var directory = invocation.Get(Directory)!;
        // As on a network drive: whatever is seen is seen by a fresh open.
        var disk = Disks.ForRealFileSystem(isLocal: false);
        while (await Console.In.ReadLineAsync(CancellationToken.None) is { } line)
        {
            try
            {
                foreach (var answer in Do(line.Split(' '), disk, directory, invocation.Time, cancellationToken)) invocation.Output.Line(answer);
            }
            catch (LedgerException e)
            {
                invocation.Output.Line("error " + Texts.OneLine(e.Message));
            }
        }
        return ExitCodes.Done;
    }

    private static IEnumerable<string> Do(string[] words, IDisk disk, string directory, TimeProvider time, CancellationToken cancellationToken)
    {
        switch (words[0])
        {
            case "race":
                var race = new Race((int)Number(words[1]), new Schedule(Number(words[2]), Number(words[3])));
                yield return string.Concat(race.Run(disk, directory, time, Tag, cancellationToken).Select(won => won ? '1' : '0'));
                break;
            case "append":
                new Appending((int)Number(words[1]), new Schedule(Number(words[2]), 0)).Run(directory, time, Tag);
                yield return "done";
                break;
            case "look":
                yield return "looking";
                var seen = Looking.Until(disk, Path.Combine(directory, words[2]), (Sighting)Number(words[1]), words[3], time);
                yield return seen?.ToString(CultureInfo.InvariantCulture) ?? "-";
                break;
            case "make":
                disk.TryPublish(Path.Combine(directory, words[1]), Encoding.UTF8.GetBytes(Tag), flush: false);
                yield return "done";
                break;
            default:
                throw new LedgerException($"The doctor asked for '{words[0]}'.");
        }
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
