using System.Diagnostics;
using Ledger.Log;
using Ledger.Model;
using Ledger.Platform;

namespace Ledger.Cli.Shared;

/// <summary>What a process that this program started says of itself.</summary>
/// <param name="Event">What happened.</param>
/// <param name="Text">About it, in words.</param>
/// <param name="At">When, by the machine's monotonic clock, which all its processes share.</param>
internal sealed record SubprocessLine(string Event, string Text, long At);

/// <summary>This program again, as a process of its own: it takes commands on standard input and says on standard output what
/// happened. It ends when its input ends, so with whoever started it.</summary>
internal sealed class Subprocess : IAsyncDisposable
{
    private static readonly TimeSpan EndsAtOnce = TimeSpan.FromSeconds(5);

    private readonly Process process;
    private readonly Task output;
    private readonly Lock gate = new();
    private readonly List<SubprocessLine> said = [];
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Subprocess(string name, Process process, Action<Subprocess, SubprocessLine> onLine)
    {
        Name = name;
        this.process = process;
        Pid = process.Id;
        output = ReadAsync(onLine);
    }

    public string Name { get; }

    public int Pid { get; }

    public static Subprocess Start(string name, IEnumerable<string> arguments, Action<Subprocess, SubprocessLine> onLine) =>
        new(name, OwnProgram.Start(arguments), onLine);

    public void Tell(string command)
    {
        process.StandardInput.WriteLine(command);
        process.StandardInput.Flush();
    }

    /// <summary>Waits until it has said something of a kind.</summary>
    /// <exception cref="LedgerException">It ended without.</exception>
    public async Task<SubprocessLine> SaysAsync(string kind, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (said.Find(l => l.Event == kind) is { } line) return line;
                next = changed.Task;
            }
            if (output.IsCompleted) throw new LedgerException($"{Name} ended before it was '{kind}'");
            await Task.WhenAny(next, output).WaitAsync(cancellationToken);
        }
    }

    /// <summary>Sends a signal, to this very process.</summary>
    public void Signal(int number)
    {
        if (!process.HasExited) _ = Libc.Kill(Pid, number);
    }

    /// <summary>Its exit code, once it has ended.</summary>
    public async Task<int> ExitAsync(CancellationToken cancellationToken)
    {
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) process.Kill();
        try
        {
            await output.WaitAsync(EndsAtOnce);
            await process.WaitForExitAsync().WaitAsync(EndsAtOnce);
        }
        catch (TimeoutException)
        {
            await Console.Error.WriteLineAsync($"ledger: process {Pid} was killed and does not end");
        }
        process.Dispose();
    }

    private async Task ReadAsync(Action<Subprocess, SubprocessLine> onLine)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } text)
        {
            var fields = JsonFields.Parse(text);
            var line = new SubprocessLine(fields.Text("event"), fields.OptionalText("text") ?? "", fields.Number("at"));
            TaskCompletionSource before;
            lock (gate)
            {
                said.Add(line);
                before = changed;
                changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
            onLine(this, line);
            before.SetResult();
        }
    }
}
