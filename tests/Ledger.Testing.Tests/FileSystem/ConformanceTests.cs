using System.IO.Abstractions;

namespace Ledger.Testing.Tests.FileSystem;

/// <summary>Does the same on a real directory and on the simulated file system, and compares every answer, every
/// message and what is there afterwards.</summary>
public sealed class ConformanceTests
{
    private static readonly Dictionary<string, Action<Transcript>> Scenarios =
        FileScenarios.All.Concat(DirectoryScenarios.All).Concat(StreamScenarios.All).Concat(InfoScenarios.All)
            .ToDictionary(scenario => scenario.Key, scenario => scenario.Value);

    public static TheoryData<string> Names => [.. Scenarios.Keys];

    [LinuxTheory]
    [MemberData(nameof(Names))]
    public void The_simulated_file_system_answers_as_the_real_one(string scenario)
    {
        var root = Directory.CreateTempSubdirectory("conformance").FullName;
        try
        {
            var simulated = new SimulatedFileSystem();
            simulated.Directory.CreateDirectory(root);

            var expected = Run(new System.IO.Abstractions.FileSystem(), root, scenario);
            var actual = Run(simulated, root, scenario);

            Assert.Equal(expected, actual);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static string Run(IFileSystem fileSystem, string root, string scenario)
    {
        fileSystem.Directory.CreateDirectory($"{root}/d/sub");
        fileSystem.File.WriteAllText($"{root}/d/f", "hello");
        fileSystem.File.WriteAllText($"{root}/g", "world");
        fileSystem.File.WriteAllText($"{root}/.hidden", "h");
        var transcript = new Transcript(fileSystem, root);
        Scenarios[scenario](transcript);
        transcript.Show();
        return transcript.ToString();
    }
}
