using Ledger.Model;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Ledger.Hosting;

/// <summary>The host's one participant. Inject it where operations are created or joined; it is there once the host has
/// started.</summary>
public interface ILedgerHost
{
    /// <summary>The participant.</summary>
    /// <exception cref="InvalidOperationException">The host has not started yet, or has stopped.</exception>
    LedgerParticipant Participant { get; }
}

/// <summary>Joins the ledger when the host starts, before the services registered after it; when the host stops, waits for
/// open calls, and for the completion of operations of its own that they belong to, as long as the host's shutdown time-out
/// allows, and fails what is still open then, with the reason.</summary>
internal sealed class LedgerHost(
    IOptions<LedgerHostOptions> options, IHostEnvironment environment, ILoggerFactory logging, TimeProvider time)
    : ILedgerHost, IHostedService, IAsyncDisposable
{
    private LedgerParticipant? participant;

    public LedgerParticipant Participant => participant
        ?? throw new InvalidOperationException("The ledger is not open: the host has not started yet, or has stopped.");

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var ledger = await LedgerDirectory.OpenAsync(
            options.Value.ToLedgerOptions() with { Logging = logging, Time = time }, cancellationToken).ConfigureAwait(false);
        var id = options.Value.ParticipantId ?? Identifier.From(environment.ApplicationName, "host");
        participant = await ledger.JoinAsync(id, cancellationToken).ConfigureAwait(false);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (participant is not { } leaving) return;
        var reason = "its host shut down";
        try
        {
            await leaving.WaitForOpenCallsAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            reason = "its host was shut down before the call ended";
        }
        participant = null;
        await leaving.StopAsync(reason, CancellationToken.None).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        // A host that was never stopped in good order.
        if (Interlocked.Exchange(ref participant, null) is { } left)
            await left.StopAsync("its host was disposed of", CancellationToken.None).ConfigureAwait(false);
    }
}
