using Ledger.Model;
using Ledger.Model.Groups;

namespace Ledger.Runtime.Groups;

/// <summary>How a member leaves a group: nothing of its own stays there, and nobody has to find out.</summary>
internal static class GroupLeaving
{
    public static async Task DrainAsync(GroupRuntime group, string? reason, CancellationToken cancellationToken)
    {
        if (group.State.Members.GetValueOrDefault(group.Self) is not { Status: GroupMemberStatus.Joined }) return;
        // Rejected where another call of this process was faster, or this incarnation is gone: both are what was asked for.
        await group.TryProposeAsync(new MemberDraining(Texts.Cut(reason)), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Leaves for good. What it works on may take until the bound; then it leaves all the same.</summary>
    public static async Task LeaveAsync(GroupRuntime group, string? reason, CancellationToken cancellationToken)
    {
        if (!group.IsMember) return;
        await DrainAsync(group, reason, cancellationToken).ConfigureAwait(false);
        group.IsLeaving = true;
        var isStopping = false;
        try
        {
            await BoundedAsync(group, group.Commands.FinishAsync, cancellationToken).ConfigureAwait(false);
            isStopping = true;
            await BoundedAsync(group, group.Starts.StopAllAsync, cancellationToken).ConfigureAwait(false);
            await ResignAsync(group, reason, cancellationToken).ConfigureAwait(false);
        }
        catch when (group.IsMember)
        {
            // It stays a member until it leaves again. What it ended must not count as running for so long.
            group.IsLeaving = false;
            if (isStopping) group.Starts.ReportStopped();
            throw;
        }
    }

    private static async Task ResignAsync(GroupRuntime group, string? reason, CancellationToken cancellationToken)
    {
        if (group.State.Acting == group.Self)
        {
            var term = group.State.Term;
            await group.Ledger.RunAsync(() => group.HandOver(term), cancellationToken).ConfigureAwait(false);
        }
        if (group.IsMember) await group.TryProposeAsync(new MemberLeft(Texts.Cut(reason)), cancellationToken).ConfigureAwait(false);
    }

    private static async Task BoundedAsync(
        GroupRuntime group, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        using var bound = new CancellationTokenSource(group.Options.LeaveBound, group.Ledger.Clock.Provider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        try
        {
            await work(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (bound.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            Messages.LeftUnfinished(group.Ledger.Log, group.GroupId, group.Options.LeaveBound.TotalMilliseconds);
        }
    }
}
