namespace Ledger.Hosting.Processes;

/// <summary>What <see cref="ChildCommand"/> runs.</summary>
internal sealed record ChildCommandOptions
{
    /// <summary>The file to execute, as <see cref="CommandLookup"/> found it: with a slash.</summary>
    public required string Path { get; init; }

    /// <summary>Its arguments.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Variables to set; null removes one. Default: none.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Where it runs, absolute. Default: where this process is.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>A descriptor for its input. Default: that of this process.</summary>
    public int? Input { get; init; }

    /// <summary>A descriptor for its output, and for its errors unless <see cref="Errors"/> is another. Default: those of this
    /// process.</summary>
    public int? Output { get; init; }

    /// <summary>A descriptor for its errors. Default: <see cref="Output"/>.</summary>
    public int? Errors { get; init; }

    /// <summary>Its input is empty. Default: <see cref="Input"/>.</summary>
    public bool NullInput { get; init; }

    /// <summary>It has no lifeline, and a session of its own: once released, it outlives this process. Default:
    /// false.</summary>
    public bool Outlives { get; init; }

    /// <summary>What proves its processes once their leader is gone. Default: the operation and the call of its
    /// environment.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? Marks { get; init; }

    /// <summary>Descriptors besides 0, 1 and 2 that the command gets, under the same numbers. Default: none.</summary>
    public IReadOnlyList<int> PassDescriptors { get; init; } = [];
}
