using Ledger.Model;
using Ledger.Model.Groups;

namespace Ledger.Platform.Programs;

/// <summary>Which program, beyond doubt, whoever started it and whatever became of its number since.</summary>
/// <param name="Process">Its leading process, with the place where that is.</param>
/// <param name="Pgid">Its process group.</param>
/// <param name="Mode">Its relation to its owner.</param>
/// <param name="Owner">To whom it belongs; also what proves members once the leader is gone.</param>
internal sealed record HostedProgram(ProcessIdentity Process, int Pgid, SupervisorMode Mode, ProgramOwner Owner)
{
    /// <summary>The process id of the leader.</summary>
    public int Pid => Process.Pid;

    /// <summary>As its process group is known.</summary>
    public GroupIdentity AsGroup => new(Pgid, Process.StartToken, "", "") { Marks = Owner.Marks };
}
