using System.Globalization;
using Ledger.Groups;
using Ledger.Hosting.Supervision.Alerts;
using Ledger.Model;
using Ledger.Model.Groups;
using Microsoft.Extensions.Logging;

namespace Ledger.Hosting;

/// <summary>Passes a group's alerts on: to a callback in every host, and to the webhook by the orchestrator alone, so that each
/// arrives there once.</summary>
internal sealed class AlertRelay : IAsyncDisposable
{
    private readonly LedgerGroup group;
    private readonly LedgerGroupOptions options;
    private readonly ILogger logger;
    private readonly AlertWebhook? webhook;
    private readonly CancellationTokenSource end = new();
    private readonly Task work;

    public AlertRelay(LedgerGroup group, LedgerGroupOptions options, TimeProvider time, ILogger logger)
    {
        (this.group, this.options, this.logger) = (group, options, logger);
        if (options.AlertWebhook is { } address)
            webhook = new AlertWebhook(new AlertWebhookOptions { Address = address }, time, (_, why) => GroupHostMessages.AlertLost(logger, group.GroupId, why));
        work = Task.Run(RelayAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync().ConfigureAwait(false);
        await work.ConfigureAwait(false);
        if (webhook is not null) await webhook.DisposeAsync().ConfigureAwait(false);
        end.Dispose();
    }

    private async Task RelayAsync()
    {
        try
        {
            // From its joining on, also what came before this could begin.
            var joined = group.State.Members.GetValueOrDefault(group.Participant.Incarnation)?.JoinedAt ?? group.State.Position;
            await foreach (var happened in group.Alerts(joined, end.Token).ConfigureAwait(false)) Relay(happened);
        }
        catch (OperationCanceledException)
        {
            // The host stops.
            return;
        }
        catch (LedgerException e)
        {
            GroupHostMessages.Failed(logger, group.GroupId, e.Message);
        }
    }

    private void Relay(GroupHappening<GroupAlert> happened)
    {
        try
        {
            options.OnAlert?.Invoke(happened.Event);
        }
#pragma warning disable CA1031 // a user's callback must not end the relay
        catch (Exception e)
#pragma warning restore CA1031
        {
            GroupHostMessages.CallbackFailed(logger, group.GroupId, e);
        }
        if (group.IsOrchestrator) webhook?.Post(Alert(happened));
    }

    private Alert Alert(GroupHappening<GroupAlert> happened)
    {
        var alert = happened.Event;
        var time = DateTimeOffset.TryParse(happened.Timestamp, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : default;
        var isSupervisor = alert.Kind is not (AlertKind.OrchestratorTakeover or AlertKind.OrphansFound);
        return new Alert(alert.Kind, group.GroupId, isSupervisor ? alert.Subject : null, time, alert.Reason ?? "", group.State.Term);
    }
}
