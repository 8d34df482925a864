namespace Ledger.TestSupport;

/// <summary>One network drive for all tests of a class or a collection; null where there can be none, and they are
/// skipped.</summary>
public sealed class SharedDrive : IDisposable
{
    public NetworkDrive? Drive { get; } = NetworkDrive.WhyNot is null ? NetworkDrive.Start() : null;

    public void Dispose() => Drive?.Dispose();
}
