namespace Ledger.Model;

/// <summary>Base of everything the ledger throws on its own account. Each message names what was tried, where, and
/// what to do about it.</summary>
public class LedgerException : Exception
{
    /// <summary>Creates the exception with a message.</summary>
    public LedgerException(string message) : base(message) { }

    /// <summary>Creates the exception with a message and the failure beneath it.</summary>
    public LedgerException(string message, Exception? inner) : base(message, inner) { }

    /// <summary>Creates the exception without a message.</summary>
    public LedgerException() { }
}

/// <summary>The directory, or a file in it, could not be used: missing, read-only, full, foreign, not trusted, or the
/// system answered with an error. Names the path and the cause.</summary>
public class LedgerStorageException : LedgerException
{
    /// <summary>Creates the exception for a path.</summary>
    public LedgerStorageException(string path, string message, Exception? inner = null)
        : base($"{message} ({path})", inner) => Path = path;

    /// <summary>The path the failure is about.</summary>
    public string Path { get; }

    /// <summary>The system's error number where there was one, else 0. Differs between operating systems.</summary>
    public int Errno { get; init; }
}
