using System.CommandLine;
using System.CommandLine.Parsing;

namespace Ledger.Cli.Shared;

/// <summary>The words of a command to be run, which stand behind "--".</summary>
internal static class CommandWords
{
    public static Argument<string[]> Argument() => new("COMMAND")
    {
        Description = "The command and its arguments, behind '--'.",
        Arity = ArgumentArity.OneOrMore,
    };

    /// <summary>What stands behind "--". Before it, an option of the command would silently be one of this program, and a
    /// misspelt option of this program a command.</summary>
    /// <exception cref="ArgumentException">Something stands before it.</exception>
    public static string[] Behind(ParseResult parsed, Argument<string[]> words)
    {
        var given = parsed.GetRequiredValue(words);
        var behind = parsed.Tokens.SkipWhile(token => token.Type != TokenType.DoubleDash).Skip(1).Count();
        if (given.Length > behind)
            throw new ArgumentException($"'{given[0]}' is no option; the command stands behind '--': ledger {parsed.CommandResult.Command.Name} [options] -- COMMAND [ARGS...].");
        return given;
    }
}
