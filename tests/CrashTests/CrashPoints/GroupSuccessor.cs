using System.Collections.Immutable;
using Ledger.Groups;
using Ledger.Log;
using Ledger.Log.Segments;
using Ledger.Model.Groups;
using Ledger.Runtime.Groups;
using Ledger.Worker;

namespace Ledger.CrashTests.CrashPoints;

/// <summary>As <see cref="Successor"/>, of a group: whoever comes finds what was acknowledged, takes over, brings the
/// supervisor up once, goes on to the next segment, and cleans up behind the dead.</summary>
internal static class GroupSuccessor
{
    private static readonly Dictionary<string, string> Environment = new() { [GroupSteps.Variable] = "value" };

    public static async Task GoOnAsync(string path, LogKind log, bool flush, IReadOnlyList<string> acknowledged)
    {
        var ledger = await Successor.OpenAsync(path, log, flush);
        GroupCheck.RequireClean(ledger);
        RequireAcknowledged(ledger, acknowledged);
        await using (var other = await ledger.JoinAsync("other"))
        {
            var programs = new Spawner();
            var group = await other.JoinGroupAsync(GroupSteps.Group,
                new GroupOptions { CanOrchestrate = true, CanSpawn = true, KeepStartInfos = true, Executor = programs });
            using var handling = group.HandleCommands((command, _) => Task.FromResult(command.Arguments));
            await TakeOverAsync(group);
            await RunSupervisorAsync(group, programs);
            var done = await group.SendAsync("other", "echo", "1", TimeSpan.FromSeconds(30)).WaitAsync(WorkerProcess.Bound);
            Assert.Equal((CommandStatus.Done, "1"), (done.Status, done.Answer));
            await EndSupervisorAsync(group);
            // Twice: the one before the newest stays where it is.
            await GoToNextSegmentAsync(group);
            await GoToNextSegmentAsync(group);
        }
        await Successor.CollectAsync(ledger);
        await Successor.CollectAsync(ledger);
        GroupCheck.RequireClean(ledger);
        Successor.RequireSwept(ledger.Context.Layout);
        RequireSwept(ledger);
    }

    private static void RequireAcknowledged(LedgerDirectory ledger, IReadOnlyList<string> acknowledged)
    {
        if (!acknowledged.Contains("group")) return;
        var s = ledger.ReadGroup(GroupSteps.Group);
        void Must(string step, bool holds) => Assert.True(holds || !acknowledged.Contains(step), $"'{step}' is lost");
        Must("join", s.Members.Count == 2);
        Must("elect", s.Term >= 1);
        var command = s.Commands.GetValueOrDefault(GroupSteps.Command);
        Must("send", command is not null);
        Must("take", command?.Status is CommandStatus.Taken or CommandStatus.Done);
        Must("done", command?.Status == CommandStatus.Done);
        Must("takeover", s.Term == 2);
        Must("behind4", s.Barriers.ContainsKey("behind4"));
        Must("seal4", s.Segment >= SegmentStore.Kept + 2);
        Must("left", s.Members.Values.All(m => !m.IsPresent));
        Must("unregister", s.Supervisors.IsEmpty);
        if (!acknowledged.Contains("register") || s.Supervisors.IsEmpty) return;
        var web = s.Supervisors[GroupSteps.Supervisor];
        Must("activate", web.Status is not (SupervisorStatus.Registered or SupervisorStatus.Starting) || s.Term == 2);
        // Between the entry that takes it off the list and the deletion of its values there is a moment.
        Assert.Equal("value", GroupSecrets.Read(ledger.Context, web.Settings.StartInfo!.EnvironmentFile!)[GroupSteps.Variable]);
    }

    private static async Task TakeOverAsync(LedgerGroup group)
    {
        var me = group.Participant.Incarnation;
        var s = await group.WaitUntilAsync(s => s.Acting == me && s.Orchestrator!.Status == OrchestratorStatus.Running
            && s.Members.Values.All(m => m.Incarnation == me || !m.IsPresent)).WaitAsync(WorkerProcess.Bound);
        // What was given to the dead has its outcome by now.
        Assert.All(s.Commands.Values, c => Assert.True(c.IsOver, c.CommandId));
    }

    /// <summary>The one that was registered comes back, with its values; or the same is registered.</summary>
    private static async Task RunSupervisorAsync(LedgerGroup group, Spawner programs)
    {
        static bool HasEnded(SupervisorEntry? x) => x is null or { Status: SupervisorStatus.Stopped or SupervisorStatus.Dead };
        var s = await group.WaitUntilAsync(s => s.Supervisors.GetValueOrDefault(GroupSteps.Supervisor) is var x
            && (HasEnded(x) || x!.Status == SupervisorStatus.Running)).WaitAsync(WorkerProcess.Bound);
        if (HasEnded(s.Supervisors.GetValueOrDefault(GroupSteps.Supervisor)))
        {
            Assert.Equal(0, programs.Spawned);
            await group.RegisterSupervisorAsync(GroupSteps.Supervisor, GroupSteps.Settings(null), Environment, runsItself: false);
            await group.WaitUntilAsync(s => s.Supervisors[GroupSteps.Supervisor].Status == SupervisorStatus.Running)
                .WaitAsync(WorkerProcess.Bound);
        }
        Assert.Equal((1, "value"), (programs.Spawned, programs.Value));
    }

    private static async Task EndSupervisorAsync(LedgerGroup group)
    {
        await group.StopSupervisorAsync(GroupSteps.Supervisor);
        await group.WaitUntilAsync(s => s.Supervisors[GroupSteps.Supervisor].Status == SupervisorStatus.Stopped)
            .WaitAsync(WorkerProcess.Bound);
        await group.UnregisterSupervisorAsync(GroupSteps.Supervisor);
    }

    private static async Task GoToNextSegmentAsync(LedgerGroup group)
    {
        var sealedSegment = group.State.Segment;
        Assert.True(group.Runtime.Replica.Propose(new SegmentSealed(sealedSegment))[0].Accepted);
        await group.BarrierAsync($"through{sealedSegment}").WaitAsync(WorkerProcess.Bound);
        Assert.True(group.State.Segment > sealedSegment);
    }

    private static void RequireSwept(LedgerDirectory ledger)
    {
        var layout = ledger.Context.Layout;
        if (Directory.Exists(layout.Secrets)) Assert.Empty(Directory.EnumerateFileSystemEntries(layout.Secrets));
        Assert.Equal(2, Directory.EnumerateFileSystemEntries(layout.Root).Count(e => SegmentName.OfLive(Path.GetFileName(e)) is not null));
        var moved = Directory.EnumerateFileSystemEntries(layout.Segments).Select(Path.GetFileName).ToList();
        Assert.InRange(moved.Count, 1, SegmentStore.Kept);
        Assert.All(moved, name => Assert.NotNull(SegmentName.Parse(LedgerLayout.OperationIdOf(name!))));
    }

    /// <summary>Spawns nothing: the participant itself activates what it would spawn, with the token.</summary>
    private sealed class Spawner : IGroupExecutor, IStartedProcess
    {
        private int spawned;

        public int Spawned => Volatile.Read(ref spawned);

        public string? Value { get; private set; }

        public ProgramIdentity? Program => null;

        public Task<ImmutableArray<string>> MakeWayAsync(LedgerGroup group, SupervisorEntry supervisor, CancellationToken cancellationToken) =>
            Task.FromResult(ImmutableArray<string>.Empty);

        public Task<ImmutableArray<string>> ReleaseAsync(LedgerGroup group, SupervisorEntry supervisor, CancellationToken cancellationToken) =>
            Task.FromResult(ImmutableArray<string>.Empty);

        public Task<IStartedProcess> HoldAsync(LedgerGroup group, SupervisorEntry supervisor, CancellationToken cancellationToken) =>
            throw new StartFailedException("program", "nothing is run in place here");

        public Task<IStartedProcess> SpawnAsync(
            LedgerGroup group, SupervisorEntry supervisor, string token, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref spawned);
            Value = GroupSecrets.Read(group.Participant.Core.Ledger, supervisor.Settings.StartInfo!.EnvironmentFile!)[GroupSteps.Variable];
            _ = group.ActivateAsync(supervisor.SupervisorId, token, null, CancellationToken.None);
            return Task.FromResult<IStartedProcess>(this);
        }

        public async Task StopAsync(LedgerGroup group, SupervisorEntry supervisor, CancellationToken cancellationToken) =>
            await group.ReportStoppedAsync(supervisor.SupervisorId, supervisor.Run, null, cancellationToken);

        public Task<ImmutableArray<string>> SweepAsync(LedgerGroup group, CancellationToken cancellationToken) =>
            Task.FromResult(ImmutableArray<string>.Empty);

        public void Release() { }

        public ValueTask DiscardAsync() => ValueTask.CompletedTask;
    }
}
