using System.CommandLine;
using Ledger.Cli.Shared;
using Ledger.Model;
using Spectre.Console;

namespace Ledger.Cli.Doctor;

/// <summary><c>ledger doctor</c>: whether and how a directory can be shared.</summary>
internal static class DoctorCommand
{
    private static readonly Option<string?> Also = new("--also")
    {
        Description = "The same directory reached another way, such as a second mount: the second process of each check goes there.",
        HelpName = "PATH",
    };

    public static Command Create() => new Command("doctor", "Probe the directory: can it be shared, how fast is it, what is missing.")
        {
            Also,
        }
        .Does(RunAsync)
        .WithExamples(
            "ledger doctor --ledger /mnt/shared/ledger     before it becomes a ledger, or afterwards",
            "ledger doctor --json | jq '.checks[] | select(.ok | not)'",
            "",
            "It needs a few seconds, works beside participants, and leaves nothing. Exit code 0 only if every check is well.");

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(invocation.LedgerPath);
        if (File.Exists(path)) throw new LedgerStorageException(path, "A ledger is a directory, this is none");
        if (!Directory.Exists(path))
            throw new DirectoryNotFoundException($"There is nothing to examine: {path} does not exist. Make it with 'mkdir -m 700', or name another with --ledger PATH.");
        await using var examination = new Examination(path, invocation.Get(Also) is { } also ? Path.GetFullPath(also) : path, invocation.Time);
        var report = await examination.RunAsync(cancellationToken);
        if (invocation.Json) invocation.Output.Line(report.Json());
        else
        {
            foreach (var line in report.Lines())
            {
                if (invocation.IsTerminal) invocation.Output.Console.MarkupLine(line.MarkupText);
                else invocation.Output.Line(line.Plain);
            }
        }
        return report.Ok ? ExitCodes.Done : ExitCodes.No;
    }
}
