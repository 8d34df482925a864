using System.Text;

namespace Ledger.Testing;

/// <content>Whole contents. A write is one open and one write.</content>
internal sealed partial class SimulatedFile
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public byte[] ReadAllBytes(string path)
    {
        using var stream = OpenRead(path);
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }

    public string ReadAllText(string path) => ReadAllText(path, Encoding.UTF8);

    public string ReadAllText(string path, Encoding encoding)
    {
        using var reader = new StreamReader(OpenRead(path), encoding);
        return reader.ReadToEnd();
    }

    public string[] ReadAllLines(string path) => ReadAllLines(path, Encoding.UTF8);

    public string[] ReadAllLines(string path, Encoding encoding) => [.. ReadLines(path, encoding)];

    public IEnumerable<string> ReadLines(string path) => ReadLines(path, Encoding.UTF8);

    /// <summary>Opens the file at once, and reads it while it is enumerated.</summary>
    public IEnumerable<string> ReadLines(string path, Encoding encoding)
    {
        return Lines(new StreamReader(OpenRead(path), encoding));

        static IEnumerable<string> Lines(StreamReader reader)
        {
            using (reader)
            {
                while (reader.ReadLine() is { } line)
                    yield return line;
            }
        }
    }

    public void WriteAllBytes(string path, byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        Write(path, FileMode.Create, bytes);
    }

    public void WriteAllText(string path, string contents) => WriteAllText(path, contents, Utf8);

    public void WriteAllText(string path, string contents, Encoding encoding)
    {
        ArgumentNullException.ThrowIfNull(encoding);
        Write(path, FileMode.Create, [.. encoding.GetPreamble(), .. encoding.GetBytes(contents ?? "")]);
    }

    public void WriteAllLines(string path, IEnumerable<string> contents) => WriteAllLines(path, contents, Utf8);

    public void WriteAllLines(string path, IEnumerable<string> contents, Encoding encoding) =>
        WriteAllText(path, Joined(contents), encoding);

    public void WriteAllLines(string path, string[] contents) => WriteAllLines(path, (IEnumerable<string>)contents);

    public void WriteAllLines(string path, string[] contents, Encoding encoding) =>
        WriteAllLines(path, (IEnumerable<string>)contents, encoding);

    public void AppendAllText(string path, string contents) => AppendAllText(path, contents, Utf8);

    public void AppendAllText(string path, string contents, Encoding encoding)
    {
        ArgumentNullException.ThrowIfNull(encoding);
        var bytes = encoding.GetBytes(contents ?? "");
        using var stream = Open(path, FileMode.Append, FileAccess.Write, FileShare.Read);
        stream.Write(stream.Position == 0 ? [.. encoding.GetPreamble(), .. bytes] : bytes);
    }

    public void AppendAllLines(string path, IEnumerable<string> contents) => AppendAllLines(path, contents, Utf8);

    public void AppendAllLines(string path, IEnumerable<string> contents, Encoding encoding) =>
        AppendAllText(path, Joined(contents), encoding);

    private static string Joined(IEnumerable<string> contents)
    {
        ArgumentNullException.ThrowIfNull(contents);
        return string.Concat(contents.Select(line => line + "\n"));
    }

    private void Write(string path, FileMode mode, byte[] bytes)
    {
        using var stream = fileSystem.Streams.Create(path, mode, FileAccess.Write, FileShare.Read, bufferSize: 0);
        stream.Write(bytes);
    }
}
