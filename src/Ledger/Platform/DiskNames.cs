namespace Ledger.Platform;

/// <summary>Names of files on their way: <c>.{random}.tmp</c> beside the file they will become.</summary>
internal static class DiskNames
{
    private const string Suffix = ".tmp";

    /// <param name="path">What it will become.</param>
    /// <param name="newHex">Random hexadecimal digits, as many as asked for (default: the system's).</param>
    public static string Temporary(string path, Func<int, string>? newHex = null) => Path.Combine(
        Path.GetDirectoryName(path) ?? "", $".{(newHex ?? RandomName.Hex)(16)}{Suffix}");

    public static bool IsTemporary(string name) => name[0] == '.' && name.EndsWith(Suffix, StringComparison.Ordinal);

    /// <summary>An exception's message as a clause that fits into one line.</summary>
    public static string OneLine(Exception exception) =>
        exception.Message.ReplaceLineEndings(" ").TrimEnd('.', ' ');
}
