using Ledger.Groups;
using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Platform.Programs;
using ProgramIdentity = Ledger.Model.Groups.ProgramIdentity;

namespace Ledger.Hosting.Supervision.Groups;

/// <summary>A process that this one spawned to run a supervisor. It runs at once, and its first act is to activate the
/// supervisor; if it ends before, the group is told at once.</summary>
internal sealed class SpawnedProcess(
    LedgerGroup group, SupervisorEntry supervisor, IProgram program, ProgramControl control, Action<string> tell)
    : IStartedProcess
{
    private volatile bool isOver;

    /// <summary>It tells its own program itself.</summary>
    public ProgramIdentity? Program => null;

    public void Begin()
    {
        program.Release();
        _ = Task.Run(WatchAsync);
    }

    /// <summary>It activated the supervisor: from now on it speaks for itself.</summary>
    public void Release() => isOver = true;

    public async ValueTask DiscardAsync()
    {
        isOver = true;
        var grace = TimeSpan.FromMilliseconds(supervisor.Settings.StopGraceMs);
        await control.EndAsync(program.Identity, grace, CancellationToken.None).ConfigureAwait(false);
        // An independent one would outlive what the disposal does.
        program.Dispose();
    }

    private async Task WatchAsync()
    {
        try
        {
            var code = await program.WaitAsync(CancellationToken.None).ConfigureAwait(false);
            if (isOver) return;
            await group.ReportFailedAsync(supervisor.SupervisorId, supervisor.Run, StartSteps.Activation,
                $"the process that was spawned for it ended with exit code {code}").ConfigureAwait(false);
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
}
