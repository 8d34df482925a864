using Ledger.Hosting.Processes;
using Ledger.Model;

namespace Ledger.Cli.Run;

/// <summary>Runs <c>--on-cleanup</c>: by the shell, in a process group of its own, bounded.</summary>
internal static class CleanupCommand
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>Returns what went wrong, or null.</summary>
    public static async Task<string?> RunAsync(string command, string operationId, TimeSpan bound, TimeProvider time)
    {
        try
        {
            using var shell = ChildCommand.Start(
                new ChildCommandOptions
                {
                    Path = "/bin/sh",
                    Arguments = ["-c", command],
                    Environment = RunVariables.ForCleanup(operationId),
                },
                error => RunMessages.Tell(error.Message));
            shell.Release();
            return await WaitAsync(shell, bound, time).ConfigureAwait(false);
        }
        catch (Exception e) when (e is LedgerException or ArgumentException)
        {
            return $"--on-cleanup could not run: {e.Message}";
        }
    }

    private static async Task<string?> WaitAsync(ChildCommand shell, TimeSpan bound, TimeProvider time)
    {
        using var limit = new CancellationTokenSource(bound, time);
        try
        {
            var status = await shell.WaitAsync(limit.Token).ConfigureAwait(false);
            return status.Code == 0 ? null : $"--on-cleanup ended with exit code {status.Code}";
        }
        catch (OperationCanceledException)
        {
            await shell.TerminateAsync(Grace, static () => true, time, CancellationToken.None).ConfigureAwait(false);
            return $"--on-cleanup was stopped after {bound.TotalSeconds} s";
        }
    }
}
