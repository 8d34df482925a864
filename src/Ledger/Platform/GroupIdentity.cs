namespace Ledger.Platform;

/// <summary>Which process group, so that no other one that got its number later is taken for it.</summary>
/// <param name="Pgid">The group's id, which is the pid of its first leader.</param>
/// <param name="LeaderStartToken">When the leader began.</param>
/// <param name="OperationId">The operation whose call it belongs to.</param>
/// <param name="CallId">The call it belongs to.</param>
internal sealed record GroupIdentity(int Pgid, string LeaderStartToken, string OperationId, string CallId)
{
    /// <summary>What members carry in their environment when the group is not a call's.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? Marks { get; init; }

    /// <summary>True when the variables, as in /proc/PID/environ, name everything that members carry. An empty mark proves
    /// nothing.</summary>
    public bool IsProvenBy(string? variables)
    {
        var marks = Marks ?? [new(ProcessVariables.Operation, OperationId), new(ProcessVariables.Call, CallId)];
        return marks.Count > 0
            && marks.All(mark => mark.Value.Length > 0 && ProcessVariables.Has(variables, mark.Key, mark.Value));
    }
}

/// <summary>How ending a group went.</summary>
internal enum GroupEnd
{
    /// <summary>There was no member to signal.</summary>
    Nothing,

    /// <summary>All proven members ended within the grace period.</summary>
    Ended,

    /// <summary>All proven members are gone, some by KILL.</summary>
    Killed,

    /// <summary>Nobody was signalled: the group has members, but none that is proven to be of the call.</summary>
    Unproven,

    /// <summary>Proven members are still there after KILL: not ours to signal, or stuck in the kernel.</summary>
    StillThere,
}

/// <summary>What became of a group.</summary>
/// <param name="End">What was done.</param>
/// <param name="Unproven">Members that were left alone at the end because nothing proved that they belong to the call.</param>
/// <param name="Remaining">Proven members that are still there.</param>
internal sealed record GroupOutcome(GroupEnd End, IReadOnlyList<int> Unproven, IReadOnlyList<int> Remaining);
