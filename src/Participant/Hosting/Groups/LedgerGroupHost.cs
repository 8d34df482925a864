using Ledger.Groups;
using Ledger.Hosting.Supervision;
using Ledger.Hosting.Supervision.Groups;
using Ledger.Model;
using Ledger.Model.Groups;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Ledger.Hosting;

/// <summary>The host's place in a group. Inject it where commands are handled or sent; it is there once the host has
/// started.</summary>
public interface ILedgerGroupHost
{
    /// <summary>The group.</summary>
    /// <exception cref="InvalidOperationException">The host has not started yet, or has stopped.</exception>
    LedgerGroup Group { get; }
}

/// <summary>Joins the group when the host starts, and lets the services that were registered after it begin only once the group
/// says that this supervisor runs. When the host stops, it leaves after them.</summary>
internal sealed class LedgerGroupHost(
    IOptions<LedgerGroupOptions> options, ILedgerHost ledger, IHostApplicationLifetime lifetime, ILoggerFactory logging, TimeProvider time)
    : ILedgerGroupHost, IHostedService, IAsyncDisposable
{
    private readonly ILogger logger = logging.CreateLogger("Ledger.Group");
    private LedgerGroup? group;
    private HostProgram? program;
    private AlertRelay? alerts;
    private HostNotices? notices;
    private bool stopping;

    public LedgerGroup Group => group
        ?? throw new InvalidOperationException("The group is not joined: the host has not started yet, or has stopped.");

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var o = options.Value;
        var spawned = Spawned(o);
        var invitation = spawned is null ? Invitation(o) : null;
        var host = new ProgramHost(error => GroupHostMessages.Failed(logger, o.GroupId, error.Message));
        if (o.SupervisorId is { } id) program = new HostProgram(id, lifetime.StopApplication);
        group = await ledger.Participant.JoinGroupAsync(o.GroupId, new GroupOptions
        {
            CanOrchestrate = o.Orchestrates,
            CanSpawn = o.Orchestrates,
            KeepStartInfos = o.KeepStartInfos,
            RunId = spawned?.RunId,
            InviteId = invitation?.InviteId,
            Token = invitation?.Token,
            Executor = new GroupExecutor(host, time, program, what => GroupHostMessages.Told(logger, o.GroupId, what)),
        }, cancellationToken).ConfigureAwait(false);
        group.Ended.Register(Fenced);
        alerts = new AlertRelay(group, o, time, logger);
        if (o.SupervisorId is { } supervisor) await EnterAsync(group, supervisor, o, spawned, cancellationToken).ConfigureAwait(false);
        notices = HostNotices.Begin(
            group, time, reason => GroupHostMessages.Failed(logger, o.GroupId, reason), lifetime.ApplicationStarted);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Volatile.Write(ref stopping, true);
        notices?.Stopping();
        program?.ServicesStopped();
        if (Interlocked.Exchange(ref group, null) is { } left)
            await left.LeaveAsync("its host shut down", cancellationToken).ConfigureAwait(false);
        await DisposeAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        Volatile.Write(ref stopping, true);
        if (Interlocked.Exchange(ref alerts, null) is { } relay) await relay.DisposeAsync().ConfigureAwait(false);
        Interlocked.Exchange(ref notices, null)?.Dispose();
    }

    /// <summary>What this process was spawned with, if it is for this supervisor. Nothing that it starts gets the token.</summary>
    private StartVariables? Spawned(LedgerGroupOptions o)
    {
        var found = StartVariables.Find(Environment.GetEnvironmentVariable);
        Environment.SetEnvironmentVariable(StartVariables.TokenName, null);
        return found?.GroupId == o.GroupId && found.SupervisorId == o.SupervisorId && found.LedgerPath == ledger.Participant.Directory.Path
            ? found : null;
    }

    private static GroupInvitation? Invitation(LedgerGroupOptions o)
    {
        var found = o.Invitation is { } given
            ? InvitationVariable.Parse(given, "LedgerGroupOptions.Invitation")
            : InvitationVariable.Read(Environment.GetEnvironmentVariable);
        InvitationVariable.Forget();
        return found;
    }

    private static async Task EnterAsync(
        LedgerGroup group, string id, LedgerGroupOptions o, StartVariables? spawned, CancellationToken cancellationToken)
    {
        if (spawned is not null)
        {
            await group.ActivateAsync(id, spawned.Token, HostProgram.Own(), cancellationToken).ConfigureAwait(false);
            return;
        }
        var start = o.Restart ? OwnCommandLine.StartInfo(o.MaxAttempts) : null;
        await group.RegisterSupervisorAsync(id, o.ToSettings(start), cancellationToken: cancellationToken).ConfigureAwait(false);
        await group.WaitForDependenciesAsync(id, null, cancellationToken).ConfigureAwait(false);
        var state = await group.WaitUntilAsync(s => !IsOnItsWay(s, id), cancellationToken).ConfigureAwait(false);
        if (state.Supervisors.GetValueOrDefault(id) is not { Status: SupervisorStatus.Running })
            throw new LedgerException($"Supervisor '{id}' of group '{group.GroupId}' does not run: {state.Supervisors.GetValueOrDefault(id)?.Reason ?? "it is gone"}.");
    }

    private static bool IsOnItsWay(GroupState state, string id) => state.Supervisors.GetValueOrDefault(id) is
    {
        Status: SupervisorStatus.Registered or SupervisorStatus.WaitingForDependencies or SupervisorStatus.Starting
            or SupervisorStatus.RestartScheduled or SupervisorStatus.Failed,
    };

    private void Fenced()
    {
        if (Volatile.Read(ref stopping)) return;
        GroupHostMessages.Fenced(logger, options.Value.GroupId);
        lifetime.StopApplication();
    }
}
