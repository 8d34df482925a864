using System.Globalization;
using System.IO.Abstractions;
using System.Text;

namespace Ledger.Testing.Tests.FileSystem;

/// <summary>Runs steps on a file system and writes down what each one answered, so that two file systems can be
/// compared. Paths are relative to a directory that has the same name on both.</summary>
internal sealed class Transcript(IFileSystem fileSystem, string root)
{
    private readonly StringBuilder text = new();

    public IFileSystem FileSystem => fileSystem;

    public IFile File => fileSystem.File;

    public IDirectory Directory => fileSystem.Directory;

    public string this[string path] => $"{root}/{path}";

    public void Do(Action step) => Ask(() =>
    {
        step();
        return "done";
    });

    public void Ask(Func<object?> step)
    {
#pragma warning disable CA1031 // Whatever is thrown is what is compared.
        try
        {
            text.AppendLine(Text(step()));
        }
        catch (Exception error)
        {
            var type = error.GetType().Name;
            text.AppendLine(CultureInfo.InvariantCulture, $"{type} 0x{error.HResult:x8} {error.Message}");
        }
#pragma warning restore CA1031
    }

    /// <summary>Everything below the root: paths, lengths, contents.</summary>
    public void Show()
    {
        foreach (var path in Sorted(Directory.GetDirectories(root, "*", SearchOption.AllDirectories)))
            text.AppendLine(path);
        foreach (var path in Sorted(Directory.GetFiles(root, "*", SearchOption.AllDirectories)))
            text.AppendLine(path + ": " + Text(File.ReadAllText(path)));
    }

    public override string ToString() => text.ToString();

    private static IEnumerable<string> Sorted(IEnumerable<string> paths) => paths.Order(StringComparer.Ordinal);

    private static string Text(object? value) => value switch
    {
        null => "null",
        IEnumerable<string> texts => string.Join("; ", Sorted(texts)),
        string text => text.Replace("\0", "~", StringComparison.Ordinal),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
