namespace Ledger.Testing;

/// <summary>The steps that can be made to fail.</summary>
public enum FileCallKind
{
    /// <summary>Existence, length, times or attributes are asked for.</summary>
    Look,

    /// <summary>The entries of one directory are read.</summary>
    List,

    /// <summary>A file is opened; created or emptied too, as its mode says.</summary>
    Open,

    /// <summary>Bytes are read from an open file.</summary>
    Read,

    /// <summary>Bytes are written to an open file.</summary>
    Write,

    /// <summary>What was written to an open file is brought to the disk itself.</summary>
    Flush,

    /// <summary>An open file is cut or lengthened.</summary>
    SetLength,

    /// <summary>A file or directory gets another path, in one step.</summary>
    Move,

    /// <summary>A file loses its path.</summary>
    DeleteFile,

    /// <summary>One directory is created.</summary>
    CreateDirectory,

    /// <summary>One empty directory is deleted.</summary>
    DeleteDirectory,

    /// <summary>Times or attributes are set.</summary>
    SetAttributes,
}
