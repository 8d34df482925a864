namespace Ledger.Platform;

/// <summary>Names of files on their way: <c>.{random}.tmp</c> beside the file they will become.</summary>
internal static class DiskNames
{
    private const string Suffix = ".tmp";

    public static string Temporary(string path) => Path.Combine(
        Path.GetDirectoryName(path) ?? "", $".{RandomName.Hex(16)}{Suffix}");

    public static bool IsTemporary(string name) => name[0] == '.' && name.EndsWith(Suffix, StringComparison.Ordinal);

    /// <summary>An exception's message as a clause that fits into one line.</summary>
    public static string OneLine(Exception exception) =>
        exception.Message.ReplaceLineEndings(" ").TrimEnd('.', ' ');
}
