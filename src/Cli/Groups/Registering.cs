using Ledger.Groups;
using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Platform;
using Ledger.Rules.Groups;

namespace Ledger.Cli.Groups;

/// <summary>Registers a supervisor that somebody typed. Where the log still says that it runs although its process is dead, it
/// waits until that is found out.</summary>
internal static class Registering
{
    /// <exception cref="LedgerException">It cannot be registered.</exception>
    public static async Task RegisterAsync(LedgerGroup group, SupervisorRequest request, IReadOnlyDictionary<string, string> environment, Action<string> tell, TimeProvider time)
    {
        var manifest = group.Participant.Directory.Manifest;
        using var limit = new CancellationTokenSource(
            TimeSpan.FromMilliseconds((3 * manifest.StalenessThresholdMs) + (4 * manifest.HeartbeatIntervalMs)), time);
        for (var isFirst = true; ; isFirst = false)
        {
            // As it is before the try: between a refusal and a look, what was in the way may have gone.
            var before = group.State.Supervisors.GetValueOrDefault(request.Id);
            try
            {
                await group.RegisterSupervisorAsync(request.Id, request.Settings, environment).ConfigureAwait(false);
                return;
            }
            catch (GroupRejectedException e) when (e.Code == GroupReasons.SupervisorAlive && IsPassing(group, request.Id))
            {
                if (isFirst) tell($"{request.Id}: waits until its former process is known to be gone");
                if (!await ChangesAsync(group, request.Id, before, limit.Token).ConfigureAwait(false)) throw;
            }
        }
    }

    /// <summary>Whoever has it is gone, or may be: its process does not run here.</summary>
    private static bool IsPassing(LedgerGroup group, string id) =>
        group.State.Supervisors.GetValueOrDefault(id) is not { } present
        || group.Participant.Directory.Context.Processes.Look(present.Place) != ProcessState.Running;

    /// <summary>False when nothing has changed in time.</summary>
    private static async Task<bool> ChangesAsync(LedgerGroup group, string id, SupervisorEntry? before, CancellationToken limit)
    {
        try
        {
            await group.WaitUntilAsync(state => state.Supervisors.GetValueOrDefault(id) != before, limit).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
