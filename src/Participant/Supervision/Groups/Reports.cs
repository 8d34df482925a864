using Ledger.Groups;
using Ledger.Model;
using Ledger.Model.Groups;

namespace Ledger.Hosting.Supervision.Groups;

/// <summary>Reports that must not get lost, however long the disk takes to come back.</summary>
internal static class Reports
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    /// <summary>Tells that a run failed, unless that run is somebody else's or over by then.</summary>
    public static async Task FailedAsync(LedgerGroup group, SupervisorEntry supervisor, string step, string reason, TimeProvider time)
    {
        while (!group.Ended.IsCancellationRequested)
        {
            try
            {
                await group.ReportFailedAsync(supervisor.SupervisorId, supervisor.Run, step, reason, CancellationToken.None).ConfigureAwait(false);
                return;
            }
            catch (LedgerStorageException)
            {
                await Task.Delay(Again, time).ConfigureAwait(false);
            }
            catch (Exception e) when (e is GroupRejectedException or NotGroupMemberException)
            {
                // Decided otherwise meanwhile: there is nothing to tell.
                return;
            }
        }
    }
}
