using Ledger.Log;
using Ledger.Log.Groups;
using Ledger.Model;
using Ledger.Model.Groups;

namespace Ledger.Runtime.Groups;

/// <summary>Publishes the two files of a group for people and other programs. Derived, and never read to decide anything: the
/// orchestrator does it, or where there is none the first living member; should two do it, both write the truth.</summary>
internal sealed class GroupPublisher(ParticipantCore core)
{
    public void Publish(long nowMs)
    {
        var intervalMs = core.Ledger.Manifest.HeartbeatIntervalMs;
        foreach (var group in core.Groups.All)
        {
            var age = nowMs - group.Files.WrittenAtMs;
            if (age < (group.Files.IsDirty ? intervalMs / 4 : intervalMs) || !IsOurs(group.State)) continue;
            Write(group, nowMs);
        }
    }

    private void Write(GroupRuntime group, long nowMs)
    {
        var layout = core.Ledger.Layout;
        group.Files.Taking();
        group.Files.WrittenAtMs = nowMs;
        var state = group.State;
        try
        {
            core.Ledger.Disk.Replace(layout.Orchestrator(group.GroupId), GroupJson.Orchestrator(state, core.Ledger.Manifest, LifeOf));
            core.Ledger.Disk.Replace(layout.Supervisors(group.GroupId), GroupJson.Supervisors(state, LifeOf));
        }
        catch (LedgerException e)
        {
            group.Files.Note();
            Messages.LeftoverStays(core.Ledger.Log, layout.Supervisors(group.GroupId), e.Message);
        }
    }

    private Life LifeOf(string incarnation) => new(
        incarnation == core.Incarnation ? core.Ledger.Clock.UtcText : core.Observer.LastBeat(incarnation));

    private bool IsOurs(GroupState state)
    {
        if (!state.IsPresent(core.Incarnation)) return false;
        if (state.Acting is { } acting && !IsDead(acting)) return acting == core.Incarnation;
        return state.Members.Values.Where(m => m.IsPresent && !IsDead(m.Incarnation)).MinBy(m => m.JoinedAt)?.Incarnation
            == core.Incarnation;
    }

    private bool IsDead(string incarnation) =>
        incarnation != core.Incarnation && core.Observer.Verdicts.GetValueOrDefault(incarnation)?.Grade == Grade.Dead;
}
