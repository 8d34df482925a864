using Ledger.Cli.Shared;
using Ledger.Log;
using Ledger.Log.Groups;
using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Runtime;
using Ledger.Runtime.Groups;

namespace Ledger.Cli.Groups;

/// <summary>A group and how alive its members look, at one moment.</summary>
internal sealed record GroupGlance(GroupState State, Manifest Manifest, IReadOnlyDictionary<string, Life> Lives)
{
    /// <summary>Looks once.</summary>
    public static GroupGlance Take(LedgerDirectory ledger, string groupId)
    {
        var state = ledger.ReadGroup(groupId);
        var present = state.Members.Values.Where(m => m.IsPresent).Select(GroupHost.Watched);
        return new GroupGlance(state, ledger.Manifest, new OneShotLiveness(ledger.Context).Look(present));
    }

    /// <summary>The contract's object.</summary>
    public string Json() => JsonLines.Object(w => GroupJson.Write(w, State, Manifest, LifeOf));

    public GroupView View(DateTimeOffset now) => new(State, LifeOf, now);

    private Life LifeOf(string incarnation) => Lives.GetValueOrDefault(incarnation) ?? new Life(null);
}
