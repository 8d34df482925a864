using Ledger.CrashTests.Run;
using Ledger.Platform;

namespace Ledger.CrashTests.Examples;

/// <summary>Runs a program in a temporary directory of its own, which also marks all processes that it starts. When the
/// test is over, both are gone.</summary>
internal sealed class ExampleRun : IDisposable
{
    private const string Marker = "TMPDIR";

    private readonly DirectoryInfo scratch = Directory.CreateTempSubdirectory("ledger-example-");
    private LedgerProcess? process;

    /// <summary>The program's temporary directory.</summary>
    public string Path => scratch.FullName;

    /// <summary>The examples' folder in this checkout.</summary>
    public static string Folder { get; } = FindFolder();

    /// <summary>Words that start a built example: the same configuration as these tests.</summary>
    public static string[] Program(string project, string assembly, params string[] arguments)
    {
        var framework = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
        var output = System.IO.Path.Combine(Folder, project, "bin", framework.Parent!.Name, framework.Name);
        return ["dotnet", "exec", System.IO.Path.Combine(output, $"{assembly}.dll"), .. arguments];
    }

    /// <summary>Runs to its end, which must be a good one; returns what it printed.</summary>
    public async Task<string> SucceedAsync(
        string[] words, Dictionary<string, string>? variables = null, TimeSpan? bound = null)
    {
        variables = new(variables ?? [])
        {
            [Marker] = Path,
            // A killed .NET process leaves its diagnostics socket there.
            ["DOTNET_EnableDiagnostics"] = "0",
        };
        process = LedgerProcess.Start(words, System.IO.Path.Combine(Path, "no-events"), variables);
        var code = await process.ExitAsync(bound);
        var output = string.Join('\n', process.Lines);
        Assert.True(code == 0, $"Exit code {code}.\n{output}\n{process.Errors}");
        return output;
    }

    /// <summary>Neither process nor file stayed behind, but for the named ones. Lifelines may be at work still: they end last, and
    /// within 5 s.</summary>
    public async Task NothingIsLeft(params string[] names)
    {
        await Eventually.True(() => Processes().Count == 0, "the end of every process");
        Assert.Equal(names, Directory.GetFileSystemEntries(Path).Select(System.IO.Path.GetFileName));
    }

    public void Dispose()
    {
        process?.Dispose();
        foreach (var pid in Processes()) _ = Libc.Kill(pid, Signals.Kill);
        scratch.Delete(recursive: true);
    }

    private List<int> Processes() =>
    [
        .. Procfs.Pids().Where(pid => ProcStat.Read(pid) is { IsGone: false }
            && ProcessVariables.Has(Procfs.Read($"/proc/{pid}/environ"), Marker, Path)),
    ];

    private static string FindFolder()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = System.IO.Path.GetDirectoryName(folder))
        {
            if (File.Exists(System.IO.Path.Combine(folder, "Ledger.sln"))) return System.IO.Path.Combine(folder, "examples");
        }
        throw new InvalidOperationException("These tests run from within their checkout.");
    }
}
