using Ledger.Groups;
using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Rules;
using Ledger.Rules.Groups;

namespace Ledger.Runtime.Groups;

/// <summary>What a participant asks of the list of supervisors.</summary>
internal static class GroupRegistering
{
    public static async Task RegisterAsync(GroupRuntime group, string supervisorId, SupervisorSettings settings,
        IReadOnlyDictionary<string, string> environment, bool runsItself, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (environment.Count > 0 && settings.StartInfo is null)
            throw new ArgumentException("Only a start info has an environment.", nameof(environment));
        var earlier = FileOf(group.State, supervisorId);
        var file = environment.Count == 0 ? null
            : await group.Ledger.RunAsync(() => GroupSecrets.Keep(group.Ledger, group.GroupId, supervisorId, environment), cancellationToken).ConfigureAwait(false);
        if (settings.StartInfo is { } info)
        {
            var names = environment.Keys.Order(StringComparer.Ordinal);
            settings = settings with { StartInfo = info with { EnvironmentNames = [.. names], EnvironmentFile = file } };
        }
        try
        {
            await group.ProposeAsync($"register supervisor '{supervisorId}'",
                new GroupSupervisorRegistered(supervisorId, settings, runsItself), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (file is not null && e is GroupRejectedException or NotGroupMemberException)
        {
            Forget(group, file);
            throw;
        }
        if (file is not null)
        {
            await group.Ledger.RunAsync(
                () =>
                {
                    GroupSecrets.KeepAgain(group.Ledger, file, environment);
                    return true;
                }, cancellationToken).ConfigureAwait(false);
        }
        // Of a registration that this one replaces.
        if (earlier is not null && earlier != FileOf(group.State, supervisorId)) Forget(group, earlier);
    }

    public static async Task UnregisterAsync(GroupRuntime group, string supervisorId, CancellationToken cancellationToken)
    {
        var file = FileOf(group.State, supervisorId);
        await group.ProposeAsync(
            $"unregister supervisor '{supervisorId}'", new SupervisorUnregistered(supervisorId), cancellationToken).ConfigureAwait(false);
        if (file is not null) Forget(group, file);
    }

    public static async Task StopAsync(GroupRuntime group, string? supervisorId, CancellationToken cancellationToken)
    {
        var what = supervisorId is null ? "stop all supervisors" : $"stop supervisor '{supervisorId}'";
        var outcome = await group.TryProposeAsync(new StopRequested(supervisorId), cancellationToken).ConfigureAwait(false);
        if (outcome.Rejection is { } rejection && Reasons.Code(rejection) != GroupReasons.StopWanted)
            throw group.Refusal(what, rejection);
    }

    public static async Task WaitForDependenciesAsync(
        LedgerGroup group, string supervisorId, Action<IReadOnlyList<string>>? tell, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> told = [];
        await group.WaitUntilAsync(
            s =>
            {
                if (s.Supervisors.GetValueOrDefault(supervisorId) is not { } x)
                    throw new GroupRejectedException(group.GroupId, "wait for dependencies", $"{GroupReasons.UnknownSupervisor}: {supervisorId}");
                RefuseDead(s, x);
                var awaited = Dependencies.Awaited(s, x);
                if (awaited.Count > 0 && !awaited.SequenceEqual(told)) tell?.Invoke(awaited);
                told = awaited;
                return awaited.Count == 0;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>How long a successor may take to come, if the supervisor dies now.</summary>
    public static TimeSpan RestartGrace(SupervisorEntry x)
    {
        var backoff = x.Settings is { Restartable: true, StartInfo: { } info } ? Restarts.BackoffMs(info.RestartPolicy, x.Attempts + 1) : 0;
        // None is left: nobody is to be waited for.
        var graceMs = backoff is { } ms ? ms + x.Settings.StartTimeoutMs : 0;
        return TimeSpan.FromMilliseconds(Math.Min(graceMs, TimeSpan.FromDays(1).TotalMilliseconds));
    }

    private static void RefuseDead(GroupState s, SupervisorEntry x)
    {
        var dead = x.Settings.Dependencies.Select(d => s.Supervisors.GetValueOrDefault(d))
            .FirstOrDefault(d => d is { Status: SupervisorStatus.Dead or SupervisorStatus.Stopped });
        if (dead is not null) throw new DependencyDeadException(s.GroupId, x.SupervisorId, dead.SupervisorId, dead.Reason);
    }

    private static string? FileOf(GroupState s, string supervisorId) =>
        s.Supervisors.GetValueOrDefault(supervisorId)?.Settings.StartInfo?.EnvironmentFile;

    private static void Forget(GroupRuntime group, string file)
    {
        try
        {
            GroupSecrets.Forget(group.Ledger, file);
        }
        catch (LedgerStorageException e)
        {
            Messages.LeftoverStays(group.Ledger.Log, e.Path, e.Message);
        }
    }
}
