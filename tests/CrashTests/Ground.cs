namespace Ledger.CrashTests;

/// <summary>Where a test's ledger lies, and how its processes see it and each other.</summary>
/// <param name="NewDirectory">Makes an empty directory; its paths are the ways that lead to it, which processes take in
/// turn.</param>
internal sealed record Ground(Func<IReadOnlyList<string>> NewDirectory)
{
    public static readonly Ground Local = new(() => [Directory.CreateTempSubdirectory("ledger-real-").FullName]);

    /// <summary>Processes look as if each ran on a machine of its own, so that the kernel has no word on any.</summary>
    public bool SeparateHosts { get; init; }

    /// <summary>Two mounts of one network drive.</summary>
    public static Ground On(NetworkDrive drive) => new(() =>
    {
        var (throughA, throughB, _) = drive.NewDirectory();
        return [throughA, throughB];
    });
}

/// <summary>Tests that share a network drive, one after another.</summary>
[CollectionDefinition(Name)]
public sealed class DriveTests : ICollectionFixture<SharedDrive>
{
    public const string Name = "network drive";
}
