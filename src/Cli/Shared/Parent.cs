using System.Threading.Channels;
using Ledger.Log;

namespace Ledger.Cli.Shared;

/// <summary>A subprocess's side of <see cref="Subprocess"/>. Lines are read by a thread of its own, so that it ends with
/// whoever started it, whatever it is doing.</summary>
internal sealed class Parent
{
    private readonly Channel<string> lines = Channel.CreateUnbounded<string>();

    /// <param name="gone">Fired when the parent is gone.</param>
    public Parent(CancellationTokenSource gone)
    {
        new Thread(() => Read(gone)) { IsBackground = true, Name = "commands" }.Start();
    }

    /// <summary>Tells the parent; the time is taken at once.</summary>
    public static void Say(string kind, string? text = null) => Console.Out.WriteLine(JsonLines.Object(w =>
        w.Field("event", kind).Field("text", text).Field("at", TimeProvider.System.GetTimestamp())));

    /// <summary>The next command.</summary>
    public Task<string> NextAsync(CancellationToken cancellationToken) => lines.Reader.ReadAsync(cancellationToken).AsTask();

    private void Read(CancellationTokenSource gone)
    {
        while (Console.In.ReadLine() is { } line) lines.Writer.TryWrite(line);
        gone.Cancel();
    }
}
