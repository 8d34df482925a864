namespace Ledger.Model;

/// <summary>There is no operation of that id, neither live nor in the backup.</summary>
public sealed class OperationNotFoundException(string operationId)
    : LedgerException($"There is no operation '{operationId}' in this ledger. 'ledger ls' lists those there are.");

/// <summary>An operation of that id exists, or existed and its history is kept: an id is used once.</summary>
public sealed class OperationExistsException(string operationId, string how)
    : LedgerException($"Operation '{operationId}' exists already: {how}. Choose another id, or join it.");

/// <summary>The fold rejected a proposal; expected where another participant was faster. <see cref="Rejection"/> begins with
/// a code of the <c>Reasons</c> of the rules, or is the operation's state and cause.</summary>
public sealed class ProposalRejectedException(string operationId, string what, string rejection)
    : LedgerException($"Operation '{operationId}' refused to {what}: {rejection}.")
{
    /// <summary>Why.</summary>
    public string Rejection { get; } = rejection;
}

/// <summary>This participant, or one call of it, was declared crashed in the operation and changes nothing there any more.
/// It goes on in its other operations; to take part again, start anew.</summary>
public sealed class FencedException(string operationId, string what)
    : LedgerException($"{what} was declared crashed in operation '{operationId}' and is fenced: nothing it proposes there "
        + "is accepted any more.");

/// <summary>Something a guarded call depends on crashed or failed; carries what is known.</summary>
public sealed class CalleeCrashedException(string operationId, Cause cause)
    : LedgerException($"A call in operation '{operationId}' will not return: {cause}.")
{
    /// <summary>What happened.</summary>
    public Cause Cause { get; } = cause;
}

/// <summary>The ledger or an operation was written by a program of another format or fold version.</summary>
public sealed class LedgerVersionException(string path, string what, long found, long known)
    : LedgerStorageException(path, $"The {what} version is {found}, this program knows {known}: use the program version "
        + "that made it. Nothing was changed");
