using Ledger.Log.Segments;
using Ledger.Model;
using Ledger.Platform;

namespace Ledger.Log;

/// <summary>Where everything lies in a ledger's directory. Only names: nothing is looked at or created.</summary>
/// <param name="Root">The ledger's directory.</param>
internal sealed record LedgerLayout(string Root)
{
    private const string SegmentsName = "segments";
    private const string SecretsName = "secrets";
    private const string OrchestratorSuffix = ".orchestrator.json";
    private const string SupervisorsSuffix = ".supervisors.json";

    public string Manifest => Path.Combine(Root, "ledger.json");
    public string Operations => Path.Combine(Root, "operations");
    public string Participants => Path.Combine(Root, "participants");
    public string Backup => Path.Combine(Root, "backup");
    public string Temp => Path.Combine(Root, "temp");

    /// <summary>Segments of groups' logs that have a successor. Made when there is one.</summary>
    public string Segments => Path.Combine(Root, SegmentsName);

    /// <summary>Values of environment variables that groups need to start programs. Made when there is one.</summary>
    public string Secrets => Path.Combine(Root, SecretsName);

    /// <summary>The readable state of a group's orchestrator.</summary>
    public string Orchestrator(string groupId) => Path.Combine(Root, groupId + OrchestratorSuffix);

    /// <summary>The readable list of a group's supervisors.</summary>
    public string Supervisors(string groupId) => Path.Combine(Root, groupId + SupervisorsSuffix);

    /// <summary>The directories a ledger consists of, parents first.</summary>
    public IEnumerable<string> Directories => [Root, Operations, Participants, Backup, Temp];

    /// <summary>The readable state of a live operation.</summary>
    public string Snapshot(string operationId) => Path.Combine(Operations, operationId + ".json");

    /// <summary>One finished operation; the name is one of <see cref="ILogStore.ListArchived"/>.</summary>
    public string Archived(string backupName) => Path.Combine(Backup, backupName);

    /// <summary>The readable state of a finished operation.</summary>
    public string ArchivedSnapshot(string backupName) => Path.Combine(Backup, backupName, "operation.json");

    /// <summary>The heartbeat record of one run of a participant.</summary>
    public string Heartbeat(string participantId, string incarnation) =>
        Path.Combine(Participants, $"{participantId}~{incarnation}.json");

    /// <summary>A heartbeat record by its name in the directory.</summary>
    public string Participant(string name) => Path.Combine(Participants, name);

    /// <summary>A live chain log's directory.</summary>
    public string ChainLog(string operationId) => Path.Combine(Operations, operationId + ".log");

    /// <summary>The directory of a chain's segment that has no successor.</summary>
    public string ChainSegment(string segment) => Path.Combine(Root, segment + ChainLogStore.Suffix);

    /// <summary>The parent of an operation's calls' temporary directories.</summary>
    public string OperationTemp(string operationId) => Path.Combine(Temp, operationId);

    /// <summary>The progress file of a watched call. No id holds a tilde, so no call's directory has this name.</summary>
    public string Progress(string operationId, string callId) => Path.Combine(Temp, operationId, callId + "~progress");

    /// <summary>Whether a name in the ledger's root belongs to it; a directory with others is no place for a new
    /// ledger.</summary>
    public static bool IsOurs(string name) =>
        name is "ledger.json" or "operations" or "participants" or "backup" or "temp" or SegmentsName or SecretsName
        || DiskNames.IsTemporary(name) || IsOfGroup(name);

    private static bool IsOfGroup(string name) =>
        EndsId(name, OrchestratorSuffix) || EndsId(name, SupervisorsSuffix) || SegmentName.OfLive(name) is not null;

    private static bool EndsId(string name, string suffix) =>
        name.EndsWith(suffix, StringComparison.Ordinal) && Identifier.IsValid(name[..^suffix.Length]);

    /// <summary>A call's own temporary directory.</summary>
    public string CallTemp(string operationId, string callId) => Path.Combine(Temp, operationId, callId);

    /// <summary>The id in a folder's name in the backup: ids have no tilde.</summary>
    public static string OperationIdOf(string backupName)
    {
        var tilde = backupName.IndexOf('~', StringComparison.Ordinal);
        return tilde < 0 ? backupName : backupName[..tilde];
    }
}
