using System.CommandLine;
using System.CommandLine.Completions;
using Ledger.Cli.Shared;
using Ledger.Model;

namespace Ledger.Cli.Groups;

/// <summary>Options and arguments that the verbs about groups have in common.</summary>
internal static class GroupArguments
{
    public static Option<string> Group()
    {
        var option = new Option<string>("--group") { Description = "The group.", HelpName = "G", Required = true };
        option.CompletionSources.Add(Groups);
        return option;
    }

    /// <summary>The argument that names a group, or nothing.</summary>
    public static Argument<string?> OptionalGroup()
    {
        var argument = new Argument<string?>("G")
        {
            Description = "The group. Default: the only one there is, else the list of them.",
            Arity = ArgumentArity.ZeroOrOne,
            HelpName = "G",
        };
        argument.CompletionSources.Add(Groups);
        return argument;
    }

    private static IEnumerable<CompletionItem> Groups(CompletionContext context)
    {
        try
        {
            var path = LedgerPaths.Resolve(context.ParseResult.GetValue(CommonOptions.Ledger), Environment.GetEnvironmentVariable);
            var opening = LedgerDirectory.OpenAsync(new LedgerOptions { Path = path, Create = false });
            var ledger = opening.GetAwaiter().GetResult(); // completion sources are synchronous
            return [.. ledger.ListGroups().Order(StringComparer.Ordinal).Select(id => new CompletionItem(id))];
        }
        catch (Exception e) when (e is LedgerException or ArgumentException)
        {
            // A shell that asks for words wants none then, and no message either.
            return [];
        }
    }
}
