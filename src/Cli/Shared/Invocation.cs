using System.CommandLine;
using Ledger.Model;
using Ledger.Runtime;

namespace Ledger.Cli.Shared;

/// <summary>One call of a command: what was asked, and where the answer goes.</summary>
internal sealed class Invocation(ParseResult parsed, Output output)
{
    public Output Output { get; } = output;

    public bool Json => parsed.GetValue(CommonOptions.Json);

    /// <summary>The answer is drawn for a person.</summary>
    public bool IsTerminal => Output.IsTerminal && !Json;

    /// <summary>Takes time, for waits and for what people are shown.</summary>
    public TimeProvider Time { get; } = TimeProvider.System;

    public T? Get<T>(Option<T> option) => parsed.GetValue(option);

    public T? Get<T>(Argument<T> argument) => parsed.GetValue(argument);

    /// <summary>The id that was given, checked before anything is touched.</summary>
    /// <exception cref="ArgumentException">It cannot be one.</exception>
    public string Operation(Argument<string> argument) => Identifier.Require(parsed.GetValue(argument), "operation id");

    /// <summary>As above, where it may be left out.</summary>
    public string? OptionalOperation(Argument<string?> argument) =>
        parsed.GetValue(argument) is { } id ? Identifier.Require(id, "operation id") : null;

    /// <summary>The directory that the command is about.</summary>
    /// <exception cref="ArgumentException">Nothing names one.</exception>
    public string LedgerPath => LedgerPaths.Resolve(parsed.GetValue(CommonOptions.Ledger), Environment.GetEnvironmentVariable);

    /// <summary>Opens the ledger, which must exist, and moves what has ended to the backup.</summary>
    public async Task<LedgerDirectory> OpenAsync(CancellationToken cancellationToken)
    {
        var ledger = await LedgerDirectory.OpenAsync(
            new LedgerOptions { Path = LedgerPath, Create = false }, cancellationToken).ConfigureAwait(false);
        OverdueArchiver.Run(ledger.Context);
        return ledger;
    }
}
