using System.CommandLine;
using System.CommandLine.Completions;
using Ledger.Model;

namespace Ledger.Cli.Shared;

/// <summary>Options and arguments that several commands have.</summary>
internal static class CommonOptions
{
    public static readonly Option<string?> Ledger = new("--ledger")
    {
        Description = "The ledger's directory. Default: LEDGER_PATH, else $XDG_STATE_HOME/ledger, else ~/.local/state/ledger.",
        HelpName = "PATH",
        Recursive = true,
    };

    public static readonly Option<bool> Json = new("--json")
    {
        Description = "Machine output on standard output: one JSON object, or one per line.",
        Recursive = true,
    };

    /// <summary>The argument that names an operation; completed from the ledger.</summary>
    public static Argument<string> Operation() => WithCompletion(new Argument<string>("OPERATION") { Description = "The operation's id." });

    /// <summary>As <see cref="Operation"/>, but it may be left out.</summary>
    public static Argument<string?> OptionalOperation(string description) => WithCompletion(
        new Argument<string?>("OPERATION") { Description = description, Arity = ArgumentArity.ZeroOrOne });

    private static T WithCompletion<T>(T argument) where T : Argument
    {
        // Without it the help shows the completions in the place of the name.
        argument.HelpName = "OPERATION";
        argument.CompletionSources.Add(Operations);
        return argument;
    }

    private static IEnumerable<CompletionItem> Operations(CompletionContext context)
    {
        try
        {
            var path = LedgerPaths.Resolve(context.ParseResult.GetValue(Ledger), Environment.GetEnvironmentVariable);
            var opening = LedgerDirectory.OpenAsync(new LedgerOptions { Path = path, Create = false });
            var ledger = opening.GetAwaiter().GetResult(); // completion sources are synchronous
            return [.. ledger.List().OrderByDescending(o => o.StartTime, StringComparer.Ordinal)
                .Select(o => new CompletionItem(o.OperationId, detail: Wire.Name(o.Status)))];
        }
        catch (Exception e) when (e is LedgerException or ArgumentException)
        {
            // A shell that asks for words wants none then, and no message either.
            return [];
        }
    }
}
