using Ledger.Model;

namespace Ledger.Platform;

/// <summary>What a participant knows of the machine it runs on, and where its random names come from. A simulation hands in
/// its own.</summary>
/// <param name="Self">Which process it is.</param>
/// <param name="Processes">The other processes.</param>
/// <param name="NewHex">Random lower-case hexadecimal digits, as many as asked for.</param>
/// <param name="Disk">The disk, where the injected file system is not to stand between; null: it is.</param>
/// <param name="Events">What tells of changes on that disk; null: nothing does.</param>
internal sealed record ProcessWorld(
    ProcessIdentity Self, IProcessTable Processes, Func<int, string> NewHex, IDisk? Disk = null, IDirectoryEvents? Events = null);
