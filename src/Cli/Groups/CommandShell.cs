using System.Text.Encodings.Web;
using System.Text.Json;
using Ledger.Hosting.Processes;
using Ledger.Hosting.Supervision.Groups;
using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Platform;
using Ledger.Platform.Programs;

namespace Ledger.Cli.Groups;

/// <summary>Runs <c>--on-command</c> for commands that are sent: each in a process group of its own, with a lifeline, so that it
/// ends with this process.</summary>
/// <param name="shell">What the shell executes.</param>
/// <param name="owner">Whose it is, as its processes carry it.</param>
/// <param name="tell">Told, for people, what goes wrong beside it.</param>
internal sealed class CommandShell(string shell, ProgramOwner owner, Action<string> tell)
{
    private const int MostErrors = 200;

    /// <summary>For people and programs, not for pages: quotes and letters as anyone would write them.</summary>
    private static readonly JavaScriptEncoder Readable = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>The result: what it printed, as JSON; null when it printed nothing.</summary>
    /// <exception cref="LedgerException">It failed.</exception>
    /// <exception cref="OperationCanceledException">It was ended, with its whole group.</exception>
    public async Task<string?> RunAsync(GroupCommand command, CancellationToken cancellationToken)
    {
        using var streams = new ShellStreams();
        // Disposed of before the streams: what still runs is killed, and so lets go of them.
        using var child = ChildCommand.Start(Options(command, streams), error => tell(error.Message));
        streams.CloseTheirs();
        child.Release();
        var output = streams.ReadOutputAsync(cancellationToken);
        var errors = streams.ReadErrorsAsync(cancellationToken);
        var writing = streams.WriteAsync(command.Arguments, cancellationToken);
        var status = await child.WaitAsync(cancellationToken).ConfigureAwait(false);
        await writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        var printed = await output.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (status.Code == 0) return AsJson(printed.Trim());
        var said = await errors.WaitAsync(cancellationToken).ConfigureAwait(false);
        throw new LedgerException($"exit code {status.Code}: {Shared.Texts.Short(said, MostErrors)}");
    }

    private ChildCommandOptions Options(GroupCommand command, ShellStreams streams)
    {
        var variables = owner.Marks.ToDictionary(mark => mark.Key, mark => (string?)mark.Value, StringComparer.Ordinal);
        variables[ProcessVariables.Mode] = SupervisorMode.Coupled.Word();
        variables[StartVariables.TokenName] = null;
        variables["LEDGER_COMMAND"] = command.Name;
        variables["LEDGER_COMMAND_ID"] = command.CommandId;
        variables["LEDGER_COMMAND_FROM"] = command.FromParticipant;
        return new ChildCommandOptions
        {
            Path = "/bin/sh",
            Arguments = ["-c", shell],
            Environment = variables,
            Marks = owner.Marks,
            Input = streams.Input,
            Output = streams.Output,
            Errors = streams.Errors,
        };
    }

    /// <summary>JSON as it is, other text as a JSON string.</summary>
    private static string? AsJson(string text)
    {
        if (text.Length == 0) return null;
        try
        {
            using var parsed = JsonDocument.Parse(text);
            return text;
        }
        catch (JsonException)
        {
            return $"\"{Readable.Encode(text)}\"";
        }
    }
}
