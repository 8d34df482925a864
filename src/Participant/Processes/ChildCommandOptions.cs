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

    /// <summary>Descriptors besides 0, 1 and 2 that the command gets, under the same numbers. Default: none.</summary>
    public IReadOnlyList<int> PassDescriptors { get; init; } = [];
}
