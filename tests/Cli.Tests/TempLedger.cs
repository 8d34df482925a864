namespace Ledger.Cli.Tests;

/// <summary>A ledger in a temporary directory, gone with the test.</summary>
internal sealed class TempLedger : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("ledger-cli-test-").FullName;

    public Task<LedgerDirectory> OpenAsync() => LedgerDirectory.OpenAsync(new LedgerOptions { Path = Path });

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
