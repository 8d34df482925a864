using System.Collections.Immutable;
using Ledger.Model;
using Ledger.Platform;

namespace Ledger.Runtime;

/// <summary>What frames leave behind: says whether a path may be registered, and deletes it when its frame is gone.</summary>
internal sealed class Resources(LedgerContext ledger)
{
    private const int Tries = 3;
    private const int MostWhy = 300;

    /// <summary>Characters of what is reported in one entry; escaped and with names they stay below its limit.</summary>
    private const int MostReported = 9_000;

    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(50);

    /// <summary>A path as a resource.</summary>
    /// <exception cref="ArgumentException">It exists and may not, or could never be deleted safely.</exception>
    public Resource Describe(string path, bool directory, bool allowExisting)
    {
        // With a separator at its end it could not be renamed, and so not be deleted.
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (ResourcePaths.Danger(full, ledger.Layout.Root) is { } danger)
            throw new ArgumentException($"'{full}' cannot be registered: {danger}. Only what may be deleted can be registered.");
        var identity = ledger.Disk.Identity(full);
        if (identity is not null && !allowExisting)
            throw new ArgumentException($"'{full}' exists already, and what is registered is deleted at the end: name a path that is yet to be made.");
        var kind = directory ? ResourceKind.Directory : ResourceKind.File;
        if (ledger.Options.SharedRoot is { } shared && ResourcePaths.IsBelow(full, Path.GetFullPath(shared)))
            return new Resource(kind, Path.GetRelativePath(Path.GetFullPath(shared), full), Shared: true);
        return new Resource(kind, full, FileId: identity is "" ? null : identity);
    }

    /// <summary>Ends process groups and deletes paths, groups first: they may still write. Returns what stayed.</summary>
    public async Task<ImmutableArray<LeftBehind>> CleanAsync(OperationState state, Frame frame,
        IReadOnlyList<Resource> resources, ProcessIdentity owner, CancellationToken cancellationToken)
    {
        var left = ImmutableArray.CreateBuilder<LeftBehind>();
        var room = MostReported;
        foreach (var r in resources.OrderByDescending(r => r.Kind == ResourceKind.ProcessGroup))
        {
            var why = r.Kind == ResourceKind.ProcessGroup
                ? await EndGroupAsync(state, frame, r, owner, cancellationToken).ConfigureAwait(false)
                : await DeleteAsync(state, frame, r, owner, cancellationToken).ConfigureAwait(false);
            if (why is null) continue;
            var one = new LeftBehind(frame.CallId, r, why.Length > MostWhy ? why[..MostWhy] : why, frame.Incarnation);
            room -= MostWhy + r.Key.Length;
            // An entry has a size limit, and without the entry the frame would stay for ever: what does not fit is in the
            // log messages only.
            if (room >= 0) left.Add(one);
            Messages.LeftBehind(ledger.Log, state.OperationId, one.CallId, one.Resource.Key, one.Why);
        }
        return left.ToImmutable();
    }

    /// <summary>The temporary directory of an operation that is over; what is left in it belongs to nobody.</summary>
    public static void RemoveOperationTemp(LedgerContext ledger, string operationId)
    {
        var path = ledger.Layout.OperationTemp(operationId);
        try
        {
            ledger.Disk.DeleteTree(path);
        }
        catch (Exception e) when (e is LedgerStorageException or IOException or UnauthorizedAccessException)
        {
            Messages.LeftoverStays(ledger.Log, path, e.Message);
        }
    }

    private async Task<string?> EndGroupAsync(
        OperationState state, Frame frame, Resource group, ProcessIdentity owner, CancellationToken cancellationToken)
    {
        if (!owner.SharesPlaceWith(ledger.Process)) return $"its processes are on {owner.Host}";
        var identity = new GroupIdentity(group.Pgid, group.LeaderStartToken ?? "", state.OperationId, frame.CallId);
        var outcome = await ProcessGroupSignals.TerminateAsync(
            identity, ledger.Options.KillGrace, static () => true, ledger.Clock.Provider, cancellationToken).ConfigureAwait(false);
        // Unproven members are others' processes under a number that was used again.
        return outcome.End == GroupEnd.StillThere ? $"processes {string.Join(", ", outcome.Remaining)} do not end" : null;
    }

    private async Task<string?> DeleteAsync(
        OperationState state, Frame frame, Resource r, ProcessIdentity owner, CancellationToken cancellationToken)
    {
        if (!r.Shared && !owner.SharesPlaceWith(ledger.Process)) return $"it lies on {owner.Host}, out of reach from here";
        if (r.Shared && ledger.Options.SharedRoot is null) return "this participant does not know the shared root";
        var path = r.Shared ? Path.GetFullPath(r.Path!, Path.GetFullPath(ledger.Options.SharedRoot!)) : r.Path!;
        if (r.Shared && !ResourcePaths.IsBelow(path, Path.GetFullPath(ledger.Options.SharedRoot!)))
            return "it lies outside the shared root";
        var sharer = state.Stack.Values.FirstOrDefault(f => f.Position != frame.Position
            && f.Status == FrameStatus.Active && f.Resources.Any(o => o.Key == r.Key && o.Shared == r.Shared));
        if (sharer is not null) return $"call '{sharer.CallId}' has registered it too";
        // Entries are written by others: what could never have been registered is not deleted either.
        if (ResourcePaths.Danger(path, ledger.Layout.Root) is { } danger) return danger;
        for (var tries = 1; ; tries++)
        {
            try
            {
                var there = ledger.Disk.Identity(path);
                if (there is null) return null;
                if (r.FileId is not null && r.FileId != there) return "another file lies at its path now";
                ledger.Disk.DeleteTree(path);
                return null;
            }
            catch (Exception e) when (e is LedgerStorageException or IOException or UnauthorizedAccessException)
            {
                if (tries >= Tries) return e.Message;
            }
            if (ledger.Clock.IsSystem)
                await Task.Delay(BetweenTries, ledger.Clock.Provider, cancellationToken).ConfigureAwait(false);
        }
    }
}
