using Ledger.Model;

namespace Ledger.Platform;

/// <summary>A ledger belongs to one user: whoever can write entries can make participants delete paths and signal
/// processes.</summary>
internal static class Trust
{
    private const int WritableByOthers = 0x12; // 0022

    /// <summary>Throws unless the directory is this user's own and nobody else may write to it.</summary>
    public static void Require(string directory)
    {
        var errno = -Libc.Stat(directory, out var stat);
        if (errno != 0) throw Errno.Failure("Cannot look at the ledger's directory", directory, errno);
        var user = Libc.EffectiveUser();
        if (stat.Owner != user)
        {
            throw new LedgerStorageException(directory, user == 0
                ? "Root does not take part in another user's ledger: run as its owner, or 'chown root' it"
                : $"This directory belongs to user {stat.Owner}, not to you: use one of your own, or 'sudo chown {user}' it");
        }
        if ((stat.Permissions & WritableByOthers) != 0)
            throw new LedgerStorageException(directory, $"Others may write to this directory: mend it with 'chmod 700 {directory}'");
    }
}
