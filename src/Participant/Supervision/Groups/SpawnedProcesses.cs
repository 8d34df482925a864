using Ledger.Groups;
using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Platform.Programs;
using ProgramIdentity = Ledger.Model.Groups.ProgramIdentity;

namespace Ledger.Hosting.Supervision.Groups;

/// <summary>The processes that this one spawned to run supervisors: followed until they end. One that does not activate its
/// supervisor in time is ended, and one that ends before is told at once.</summary>
internal sealed class SpawnedProcesses(ProgramControl control, TimeProvider time, Action<string> tell)
{
    public IStartedProcess Follow(LedgerGroup group, SupervisorEntry supervisor, IProgram program) =>
        new Spawned(this, group, supervisor, program);

    private async Task WatchAsync(LedgerGroup group, SupervisorEntry supervisor, IProgram program)
    {
        try
        {
            var exit = program.WaitAsync(CancellationToken.None);
            using var over = CancellationTokenSource.CreateLinkedTokenSource(group.Ended);
            var decided = group.WaitUntilAsync(state => IsDecided(state, supervisor), over.Token);
            await Task.WhenAny(exit, decided).ConfigureAwait(false);
            if (!exit.IsCompleted && !IsAtWork(group.State, supervisor, program.Identity.Process)) await EndAsync(supervisor, program).ConfigureAwait(false);
            var code = await exit.ConfigureAwait(false);
            await over.CancelAsync().ConfigureAwait(false);
            await Reports.FailedAsync(group, supervisor, StartSteps.Activation,
                $"the process that was spawned for it ended with exit code {code}", time).ConfigureAwait(false);
        }
        catch (LedgerException e)
        {
            tell($"{supervisor.SupervisorId}: {e.Message}");
        }
        finally
        {
            program.Dispose();
        }
    }

    private Task EndAsync(SupervisorEntry supervisor, IProgram program)
    {
        var grace = TimeSpan.FromMilliseconds(supervisor.Settings.StopGraceMs);
        return control.EndAsync(program.Identity, grace, CancellationToken.None);
    }

    /// <summary>The start took effect, or is void.</summary>
    private static bool IsDecided(GroupState state, SupervisorEntry supervisor) =>
        state.Supervisors.GetValueOrDefault(supervisor.SupervisorId) is not { Status: SupervisorStatus.Starting } now
        || now.Run != supervisor.Run;

    /// <summary>It is the process that activated this run. Also once it left or crashed: then it is ending, or somebody else's
    /// to end.</summary>
    private static bool IsAtWork(GroupState state, SupervisorEntry supervisor, ProcessIdentity process) =>
        state.Supervisors.GetValueOrDefault(supervisor.SupervisorId) is { } now && now.Run == supervisor.Run
        && now.Place.Pid == process.Pid && now.Place.StartToken == process.StartToken;

    private sealed class Spawned(SpawnedProcesses all, LedgerGroup group, SupervisorEntry supervisor, IProgram program) : IStartedProcess
    {
        public ProgramIdentity? Program => null;

        public void Release()
        {
            program.Release();
            _ = Task.Run(() => all.WatchAsync(group, supervisor, program));
        }

        public ValueTask DiscardAsync()
        {
            program.Discard();
            program.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
