namespace Ledger.Tests.Platform;

/// <summary>An empty directory that is gone after the test.</summary>
internal sealed class ScratchDirectory : IDisposable
{
    public const string SharedMemory = "/dev/shm";

    public ScratchDirectory(string? parent = null)
    {
        Root = Path.Combine(parent ?? Path.GetTempPath(), $"ledger-test-{Guid.NewGuid():N}");
        Directory.CreateDirectory(Root);
    }

    public string Root { get; }

    public string this[string name] => Path.Combine(Root, name);

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
