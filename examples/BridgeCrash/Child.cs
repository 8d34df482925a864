using System.Diagnostics;

namespace BridgeCrash;

/// <summary>This program once more, in a role.</summary>
internal sealed class Child : IDisposable
{
    private readonly Process process;
    private readonly TaskCompletionSource spoke = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task output;

    private Child(string role, Process process, Action<string, string> say)
    {
        this.process = process;
        Pid = process.Id;
        output = ReadAsync(role, say);
    }

    public int Pid { get; }

    /// <summary>Starts a role, and waits until it says that it is where it should be.</summary>
    public static async Task<Child> StartAsync(
        string role, string ledgerPath, Action<string, string> say, CancellationToken cancellationToken)
    {
        var program = Environment.ProcessPath ?? throw new InvalidOperationException("This process has no program.");
        // As a program of its own, or as 'dotnet BridgeCrash.dll'.
        string[] itself = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [typeof(Child).Assembly.Location] : [];
        var child = new Child(role, Process.Start(new ProcessStartInfo(program, [.. itself, role, ledgerPath])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!, say);
        try
        {
            await (await Task.WhenAny(child.spoke.Task, child.output)).WaitAsync(cancellationToken);
            if (!child.spoke.Task.IsCompleted) throw new InvalidOperationException($"{role} ended before it began.");
            return child;
        }
        catch
        {
            child.Dispose();
            throw;
        }
    }

    /// <summary>As <c>kill -9</c> does.</summary>
    public void Kill() => process.Kill();

    /// <summary>Its exit code, once it has ended and all it said is said.</summary>
    public async Task<int> ExitAsync(CancellationToken cancellationToken)
    {
        await output.WaitAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode;
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    private async Task ReadAsync(string role, Action<string, string> say)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            say(role, line);
            spoke.TrySetResult();
        }
    }
}
