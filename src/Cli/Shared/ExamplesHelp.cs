using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Runtime.CompilerServices;

namespace Ledger.Cli.Shared;

/// <summary>Examples and remarks below a command's help.</summary>
internal static class ExamplesHelp
{
    private static readonly ConditionalWeakTable<Command, string[]> Lines = [];

    /// <summary>Lines that follow the help; those that begin with <c>ledger</c> are examples.</summary>
    public static Command WithExamples(this Command command, params string[] lines)
    {
        Lines.AddOrUpdate(command, lines);
        return command;
    }

    public static void Install(RootCommand root)
    {
        var option = root.Options.OfType<HelpOption>().Single();
        option.Action = new Action((HelpAction)option.Action!);
    }

    public static void Write(Command command, TextWriter target)
    {
        if (!Lines.TryGetValue(command, out var lines)) return;
        target.WriteLine("Examples:");
        foreach (var line in lines) target.WriteLine($"  {line}");
        target.WriteLine();
    }

    private sealed class Action(HelpAction standard) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var code = standard.Invoke(parseResult);
            Write(parseResult.CommandResult.Command, parseResult.InvocationConfiguration.Output);
            return code;
        }
    }
}
