namespace Ledger.Testing;

/// <summary>The exceptions .NET throws on Linux, with its messages and HResults (which are the plain error numbers
/// where .NET has no code of its own).</summary>
internal static class FileErrors
{
    public static FileNotFoundException NoFile(string path) => new($"Could not find file '{path}'.", path);

    public static DirectoryNotFoundException NoDirectory(string path) =>
        new($"Could not find a part of the path '{path}'.");

    public static IOException Exists(string path) => new($"The file '{path}' already exists.", 17);

    public static IOException TargetExists(string path) =>
        new($"Cannot create '{path}' because a file or directory with the same name already exists.");

    public static UnauthorizedAccessException Denied(string path) => new($"Access to the path '{path}' is denied.");

    public static UnauthorizedAccessException NotAFile(string path) =>
        new($"The specified path '{path}' is not a file.");

    public static IOException IsDirectory(string path) => new($"Is a directory : '{path}'", 21);

    public static IOException NotEmpty(string path) => new($"Directory not empty : '{path}'", 39);

    public static IOException InvalidArgument() => new("Invalid argument", 22);

    public static IOException InvalidSeek(string path) => new($"Invalid argument : '{path}'", 22);

    public static IOException InUse(string path) =>
        new($"The process cannot access the file '{path}' because it is being used by another process.", 11);

    public static IOException NoSpace(string path) => new($"No space left on device : '{path}'", 28);

    public static IOException TooLarge(string path) => new($"File too large : '{path}'", 27);

    public static IOException InputOutput(string path) => new($"Input/output error : '{path}'", 5);

    public static IOException Stale(string path) => new($"Stale file handle : '{path}'", 116);

    public static IOException NotConnected(string path) =>
        new($"Transport endpoint is not connected : '{path}'", 107);

    public static PathTooLongException TooLong(string path) =>
        new($"The path '{path}' is too long, or a component of the specified path is too long.");

    public static SimulatedCrashException Crashed(string client) =>
        new($"The simulated process '{client}' was killed.");

    public static NotSupportedException Unsupported(string what) =>
        new($"The simulated file system has no {what}.");
}
