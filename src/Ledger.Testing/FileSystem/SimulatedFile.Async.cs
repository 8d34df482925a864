using System.Text;

namespace Ledger.Testing;

/// <content>The asynchronous members: done when they return.</content>
internal sealed partial class SimulatedFile
{
    public Task<byte[]> ReadAllBytesAsync(string path, CancellationToken cancellationToken = default) =>
        CompletedTask.Of(() => ReadAllBytes(path), cancellationToken);

    public Task<string> ReadAllTextAsync(string path, CancellationToken cancellationToken = default) =>
        CompletedTask.Of(() => ReadAllText(path), cancellationToken);

    public Task<string> ReadAllTextAsync(
        string path, Encoding encoding, CancellationToken cancellationToken = default) =>
        CompletedTask.Of(() => ReadAllText(path, encoding), cancellationToken);

    public Task<string[]> ReadAllLinesAsync(string path, CancellationToken cancellationToken = default) =>
        CompletedTask.Of(() => ReadAllLines(path), cancellationToken);

    public Task<string[]> ReadAllLinesAsync(
        string path, Encoding encoding, CancellationToken cancellationToken = default) =>
        CompletedTask.Of(() => ReadAllLines(path, encoding), cancellationToken);

    public Task WriteAllBytesAsync(string path, byte[] bytes, CancellationToken cancellationToken = default) =>
        CompletedTask.Of(() => WriteAllBytes(path, bytes), cancellationToken);

    public Task WriteAllTextAsync(string path, string contents, CancellationToken cancellationToken = default) =>
        CompletedTask.Of(() => WriteAllText(path, contents), cancellationToken);

    public Task WriteAllTextAsync(
        string path, string contents, Encoding encoding, CancellationToken cancellationToken = default) =>
        CompletedTask.Of(() => WriteAllText(path, contents, encoding), cancellationToken);

    public Task WriteAllLinesAsync(
        string path, IEnumerable<string> contents, CancellationToken cancellationToken = default) =>
        CompletedTask.Of(() => WriteAllLines(path, contents), cancellationToken);

    public Task WriteAllLinesAsync(
        string path, IEnumerable<string> contents, Encoding encoding, CancellationToken cancellationToken = default) =>
        CompletedTask.Of(() => WriteAllLines(path, contents, encoding), cancellationToken);

    public Task WriteAllLinesAsync(string path, string[] contents, CancellationToken cancellationToken = default) =>
        CompletedTask.Of(() => WriteAllLines(path, contents), cancellationToken);

    public Task WriteAllLinesAsync(
        string path, string[] contents, Encoding encoding, CancellationToken cancellationToken = default) =>
        CompletedTask.Of(() => WriteAllLines(path, contents, encoding), cancellationToken);

    public Task AppendAllTextAsync(string path, string contents, CancellationToken cancellationToken = default) =>
        CompletedTask.Of(() => AppendAllText(path, contents), cancellationToken);

    public Task AppendAllTextAsync(
        string path, string contents, Encoding encoding, CancellationToken cancellationToken = default) =>
        CompletedTask.Of(() => AppendAllText(path, contents, encoding), cancellationToken);

    public Task AppendAllLinesAsync(
        string path, IEnumerable<string> contents, CancellationToken cancellationToken = default) =>
        CompletedTask.Of(() => AppendAllLines(path, contents), cancellationToken);

    public Task AppendAllLinesAsync(
        string path, IEnumerable<string> contents, Encoding encoding, CancellationToken cancellationToken = default) =>
        CompletedTask.Of(() => AppendAllLines(path, contents, encoding), cancellationToken);
}
