namespace Ledger.Testing;

/// <summary>A call that may take effect now, and what goes wrong with it, if anything.</summary>
internal readonly record struct PendingCall(FileCall Call, FileFault? Fault);
