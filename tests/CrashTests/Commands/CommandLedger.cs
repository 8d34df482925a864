using System.Diagnostics;
using System.Globalization;
using Ledger.CrashTests.Run;
using Ledger.Platform;

namespace Ledger.CrashTests.Commands;

/// <summary>How a command ended.</summary>
internal sealed record CommandResult(int Code, string Output, string Error)
{
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>A directory with a ledger in it, and the <c>ledger</c> command as real processes on it. Both are gone with the
/// test.</summary>
internal sealed class CommandLedger : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(90);

    private readonly List<Process> started = [];

    public string Root { get; } = Directory.CreateTempSubdirectory("ledger-command-test-").FullName;

    public string Path => System.IO.Path.Combine(Root, "ledger");

    /// <summary>Opens the ledger within the test, making it at first.</summary>
    public Task<LedgerDirectory> OpenAsync(Func<LedgerOptions, LedgerOptions>? with = null)
    {
        var options = new LedgerOptions { Path = Path };
        return LedgerDirectory.OpenAsync(with?.Invoke(options) ?? options);
    }

    /// <summary>Runs the command on this ledger to its end.</summary>
    public async Task<CommandResult> RunAsync(params string[] args)
    {
        using var process = Start(args);
        return await EndAsync(process);
    }

    /// <summary>Runs the command to its end in a mount namespace where the ledger is mounted read-only.</summary>
    public async Task<CommandResult> RunReadOnlyAsync(string command)
    {
        var script = $"mount --bind '{Path}' '{Path}' && mount -o remount,bind,ro '{Path}'"
            + $" && exec {LedgerProcess.Quoted(OwnCommand.Words)} {command} --ledger '{Path}'";
        using var process = Process.Start(new ProcessStartInfo("unshare", ["--mount", "--propagation", "private", "sh", "-c", script])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        return await EndAsync(process);
    }

    /// <summary>Runs the command to its end while nobody has a permission on the ledger's directory, root neither.</summary>
    public async Task<CommandResult> RunForbiddenAsync(string command)
    {
        var drop = Environment.UserName == "root" ? "setpriv --bounding-set=-dac_override,-dac_read_search" : "";
        var script = $"chmod 0 '{Path}'; {drop} {LedgerProcess.Quoted(OwnCommand.Words)} {command} --ledger '{Path}'; code=$?; chmod 700 '{Path}'; exit $code";
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", script])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        return await EndAsync(process);
    }

    /// <summary>Starts the command; it is ended with the test at the latest.</summary>
    public Process Start(params string[] args)
    {
        var start = new ProcessStartInfo(OwnCommand.Words[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("LEDGER_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["LEDGER_PATH"] = Path;
        start.Environment["TMPDIR"] = Root;
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        foreach (var arg in OwnCommand.Words.Skip(1).Concat(args)) start.ArgumentList.Add(arg);
        var process = Process.Start(start)!;
        started.Add(process);
        return process;
    }

    public static async Task<CommandResult> EndAsync(Process process)
    {
        using var limit = new CancellationTokenSource(Bound);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return new CommandResult(process.ExitCode, await output, await error);
    }

    public static async Task<string> ReadLineAsync(Process process)
    {
        using var limit = new CancellationTokenSource(Bound);
        return await process.StandardOutput.ReadLineAsync(limit.Token) ?? throw new EndOfStreamException("The command ended.");
    }

    public static void Signal(Process process, int signal) => Assert.Equal(0, Libc.Kill(process.Id, signal));

    /// <summary>Everything that lies in the directory, to be compared.</summary>
    public string[] Tree() => Directory.Exists(Path)
        ? [.. Directory.GetFileSystemEntries(Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)] : [];

    /// <summary>A participant in a process of its own, with a call and a file, as the demo has them: killed, it leaves
    /// both.</summary>
    public async Task<Process> ParticipantAsync(string name, string? caller = null)
    {
        Directory.CreateDirectory(System.IO.Path.Combine(Root, "files"));
        List<string> args = ["demo-participant", "--files", System.IO.Path.Combine(Root, "files"), "--name", name];
        if (caller is not null) args.AddRange(["--caller", caller]);
        var process = Start([.. args]);
        await SaysAsync(process, "ready");
        await process.StandardInput.WriteLineAsync("go");
        await process.StandardInput.FlushAsync();
        await SaysAsync(process, "started");
        return process;
    }

    public void Dispose()
    {
        foreach (var process in started) End(process);
        Directory.Delete(Root, recursive: true);
    }

    private static void End(Process process)
    {
        try
        {
            if (!process.HasExited) process.Kill();
            process.WaitForExit();
        }
        catch (InvalidOperationException e) when (e.Message.Contains("associated", StringComparison.Ordinal))
        {
            // Disposed of by the test, which waited for its end.
            return;
        }
        process.Dispose();
    }

    private static async Task SaysAsync(Process process, string what)
    {
        var wanted = string.Create(CultureInfo.InvariantCulture, $"\"event\":\"{what}\"");
        while (!(await ReadLineAsync(process)).Contains(wanted, StringComparison.Ordinal)) { }
    }
}
