using System.CommandLine;
using System.CommandLine.Parsing;
using Ledger.Cli.Bench;
using Ledger.Cli.Commands;
using Ledger.Cli.Demo;
using Ledger.Cli.Doctor;
using Ledger.Cli.Groups;
using Ledger.Cli.Run;
using Ledger.Cli.Shared;

namespace Ledger.Cli;

/// <summary>The command line: its verbs, and how it is run.</summary>
internal static class CommandLine
{
    public static RootCommand Create()
    {
        var root = new RootCommand("Ledger: crash coordination for processes that share nothing but a directory.")
        {
            CommonOptions.Ledger,
            CommonOptions.Json,
        };
        // In the order of the help.
        root.Add(RunCommand.Create());
        root.Add(LsCommand.Create());
        root.Add(ShowCommand.Create());
        root.Add(WatchCommand.Create());
        root.Add(WaitCommand.Create());
        root.Add(LogCommand.Create());
        root.Add(AbortCommand.Create());
        root.Add(ProgressCommand.Create());
        root.Add(SuperviseCommand.Create());
        root.Add(OrchestrateCommand.Create());
        root.Add(ShowGroupCommand.Create());
        root.Add(SendCommand.Create());
        root.Add(InviteCommand.Create());
        root.Add(StopCommand.Create());
        root.Add(VerifyCommand.Create());
        root.Add(GcCommand.Create());
        root.Add(DoctorCommand.Create());
        root.Add(BenchCommand.Create());
        root.Add(BenchWorkerCommand.Create());
        root.Add(DemoCommand.Create());
        root.Add(DemoParticipantCommand.Create());
        root.Add(DoctorHelperCommand.Create());
        root.WithExamples(
            "ledger demo                     see a crash on real processes, in a temporary directory",
            "ledger ls                       what there is",
            "ledger show build-42            who is alive, and who waits for whom",
            "",
            "Exit codes: 0 done, 1 the answer is no, 2 usage, 3 the ledger cannot be used, 4 no such operation, 124 time-out.");
        ExamplesHelp.Install(root);
        return root;
    }

    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        // Response files would make '@name' behind 'run --' something else than the command's argument.
        var parsed = Create().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (args.Length == 0)
        {
            await Create().Parse("--help").InvokeAsync(Streams(error, error)).ConfigureAwait(false);
            return ExitCodes.Usage;
        }
        if (parsed.Action is System.CommandLine.Invocation.ParseErrorAction) return Refuse(parsed, error);
        return await parsed.InvokeAsync(Streams(output, error)).ConfigureAwait(false);
    }

    private static InvocationConfiguration Streams(TextWriter output, TextWriter error) => new()
    {
        EnableDefaultExceptionHandler = false,
        // Signals are the commands' own business.
        ProcessTerminationTimeout = null,
        Output = output,
        Error = error,
    };

    private static int Refuse(ParseResult parsed, TextWriter error)
    {
        var names = new List<string>();
        for (var symbol = parsed.CommandResult; symbol is not null; symbol = symbol.Parent as CommandResult)
            names.Insert(0, symbol.Command is RootCommand ? "ledger" : symbol.Command.Name);
        // That a verb is required is no news to who has just misspelt one.
        var isMisspelt = parsed.CommandResult.Command is RootCommand && parsed.UnmatchedTokens.Count > 0;
        foreach (var fault in isMisspelt ? parsed.Errors.TakeLast(1) : parsed.Errors) error.WriteLine($"ledger: {Texts.OneLine(Explain(fault))}");
        error.WriteLine($"Try '{string.Join(' ', names)} --help'.");
        return ExitCodes.Usage;
    }

    /// <summary>The library does not say which argument is missing.</summary>
    private static string Explain(ParseError fault) =>
        fault.SymbolResult is ArgumentResult { Tokens.Count: 0, Parent: CommandResult, Argument: var missing }
            ? $"{missing.Name} is missing: {missing.Description}"
            : fault.Message;
}
