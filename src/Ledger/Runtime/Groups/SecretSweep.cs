using Ledger.Model;

namespace Ledger.Runtime.Groups;

/// <summary>Which values of environment variables nobody needs any more: who registered a supervisor, replaced it or took it
/// off the list died in between, or its group started afresh.</summary>
internal sealed class SecretSweep(LedgerContext ledger)
{
    private readonly Dictionary<string, HashSet<string>> named = new(StringComparer.Ordinal);

    /// <summary>True for a file of values that no supervisor of its group is registered with.</summary>
    /// <exception cref="LedgerException">The group cannot be read: nothing is known.</exception>
    public bool IsUnused(string name)
    {
        if (GroupSecrets.GroupOf(name) is not { } groupId) return false;
        if (!named.TryGetValue(groupId, out var used)) named[groupId] = used = Used(groupId);
        return !used.Contains(name);
    }

    private HashSet<string> Used(string groupId)
    {
        if (!ledger.Segments.Reaches(groupId, 1))
        {
            ledger.RequireManifest();
            return [];
        }
        return [.. GroupOpenings.Read(ledger, groupId).Supervisors.Values
            .Select(x => x.Settings.StartInfo?.EnvironmentFile).OfType<string>()];
    }
}
