using Ledger.Model;

namespace Ledger.Tests.Runtime;

/// <summary>A ledger in a temporary directory, gone with the test.</summary>
internal sealed class TempLedger : IDisposable
{
    public TempLedger(string? parent = null) =>
        Path = Directory.CreateDirectory(System.IO.Path.Combine(
            parent ?? System.IO.Path.GetTempPath(), "ledger-test-" + Guid.NewGuid().ToString("N")[..12])).FullName;

    public string Path { get; }

    public Task<LedgerDirectory> OpenAsync(Func<LedgerOptions, LedgerOptions>? with = null)
    {
        var options = new LedgerOptions { Path = Path };
        return LedgerDirectory.OpenAsync(with?.Invoke(options) ?? options);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
