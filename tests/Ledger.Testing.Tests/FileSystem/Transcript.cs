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
            text.AppendLine(CultureInfo.InvariantCulture, $"{error.GetType().Name} 0x{error.HResult:x8} {error.Message}");
        }
#pragma warning restore CA1031
    }

    /// <summary>Everything below the root: paths, lengths, contents.</summary>
    public void Show()
    {
        foreach (var path in Directory.GetDirectories(root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            text.AppendLine(path);
        foreach (var path in Directory.GetFiles(root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            text.AppendLine(path + ": " + Text(File.ReadAllText(path)));
    }

    public override string ToString() => text.ToString();

    private static string Text(object? value) => value switch
    {
        null => "null",
        IEnumerable<string> texts => string.Join("; ", texts.Order(StringComparer.Ordinal)),
        string text => text.Replace("\0", "~", StringComparison.Ordinal),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
