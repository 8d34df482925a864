using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Runtime.CompilerServices;

namespace Ledger.Cli.Shared;

/// <summary>Examples and remarks below a command's help.</summary>
internal static class ExamplesHelp
{
    private static readonly ConditionalWeakTable<Command, string[]> Lines = [];

    /// <summary>Lines that follow the help: examples, and behind an empty one, remarks.</summary>
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
        foreach (var line in lines.TakeWhile(l => l.Length > 0)) target.WriteLine($"  {line}");
        foreach (var line in lines.SkipWhile(l => l.Length > 0)) target.WriteLine(line);
        target.WriteLine();
    }

    private sealed class Action(HelpAction standard) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var streams = parseResult.InvocationConfiguration;
            var output = streams.Output;
            using var text = new StringWriter();
            streams.Output = text;
            var code = standard.Invoke(parseResult);
            streams.Output = output;
            // The library names the program after its file, and knows of no argument that stands behind "--".
            output.Write(text.ToString().Replace(RootCommand.ExecutableName + " ", "ledger ", StringComparison.Ordinal)
                .Replace("<COMMAND>... [options]", "[options] -- <COMMAND>...", StringComparison.Ordinal).TrimEnd());
            output.WriteLine();
            output.WriteLine();
            Write(parseResult.CommandResult.Command, output);
            return code;
        }
    }
}
