using System.Diagnostics;
using System.Text.Json;
using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Platform;

namespace Ledger.Cli.Groups;

/// <summary>Runs <c>--on-command</c> for a command that was sent.</summary>
internal static class CommandShell
{
    private const int MostErrors = 200;

    /// <summary>The result: what it printed, as JSON; null when it printed nothing.</summary>
    /// <exception cref="LedgerException">It failed.</exception>
    public static async Task<string?> RunAsync(string shell, GroupCommand command, CancellationToken cancellationToken)
    {
        using var process = Process.Start(Words(shell, command))
            ?? throw new LedgerException("--on-command could not run");
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await WriteAsync(process, command.Arguments, cancellationToken).ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            if (process.ExitCode != 0)
                throw new LedgerException($"exit code {process.ExitCode}: {Shared.Texts.Short(await errors.ConfigureAwait(false), MostErrors)}");
            return AsJson((await output.ConfigureAwait(false)).Trim());
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static ProcessStartInfo Words(string shell, GroupCommand command)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", shell])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LEDGER_COMMAND"] = command.Name;
        start.Environment["LEDGER_COMMAND_ID"] = command.CommandId;
        start.Environment["LEDGER_COMMAND_FROM"] = command.FromParticipant;
        start.Environment.Remove(Hosting.Supervision.Groups.StartVariables.TokenName);
        start.Environment.Remove(ProcessVariables.Lifeline);
        return start;
    }

    private static async Task WriteAsync(Process process, string? arguments, CancellationToken cancellationToken)
    {
        try
        {
            if (arguments is not null) await process.StandardInput.WriteAsync(arguments.AsMemory(), cancellationToken).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It did not want them: how it ended says what came of it.
            return;
        }
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
            return JsonSerializer.Serialize(text);
        }
    }
}
