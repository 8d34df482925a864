using System.Text;
using Ledger.Model;
using Ledger.Platform;
using Microsoft.Win32.SafeHandles;

namespace Ledger.Cli.Groups;

/// <summary>Pipes to the standard streams of one shell.</summary>
internal sealed class ShellStreams : IDisposable
{
    private readonly List<int> theirs = [];
    private readonly List<FileStream> ours = [];
    private readonly FileStream input;
    private readonly FileStream output;
    private readonly FileStream errors;

    public ShellStreams()
    {
        try
        {
            (Input, input) = Writing();
            (Output, output) = Reading();
            (Errors, errors) = Reading();
        }
        catch (LedgerException)
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The shell's end.</summary>
    public int Input { get; }

    /// <inheritdoc cref="Input"/>
    public int Output { get; }

    /// <inheritdoc cref="Input"/>
    public int Errors { get; }

    /// <summary>Once the shell has them: otherwise its streams would never end here.</summary>
    public void CloseTheirs()
    {
        foreach (var descriptor in theirs) Libc.CloseDescriptor(descriptor);
        theirs.Clear();
    }

    /// <summary>Writes its input, and ends it.</summary>
    public async Task WriteAsync(string? text, CancellationToken cancellationToken)
    {
        try
        {
            await using (input.ConfigureAwait(false))
            {
                if (text is not null) await input.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (IOException)
        {
            // It did not want it: how it ended says what came of that.
            return;
        }
    }

    public Task<string> ReadOutputAsync(CancellationToken cancellationToken) => ReadAsync(output, cancellationToken);

    public Task<string> ReadErrorsAsync(CancellationToken cancellationToken) => ReadAsync(errors, cancellationToken);

    public void Dispose()
    {
        CloseTheirs();
        foreach (var stream in ours) stream.Dispose();
    }

    private static async Task<string> ReadAsync(FileStream stream, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8, leaveOpen: true);
        return await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
    }

    private (int Theirs, FileStream Ours) Writing()
    {
        var (read, write) = Pipe();
        return (Keep(read), Keep(write, FileAccess.Write));
    }

    private (int Theirs, FileStream Ours) Reading()
    {
        var (read, write) = Pipe();
        return (Keep(write), Keep(read, FileAccess.Read));
    }

    private int Keep(int descriptor)
    {
        theirs.Add(descriptor);
        return descriptor;
    }

    private FileStream Keep(int descriptor, FileAccess access)
    {
        var stream = new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), access, bufferSize: 0);
        ours.Add(stream);
        return stream;
    }

    private static (int Read, int Write) Pipe()
    {
        var error = Libc.CreatePipe(out var read, out var write);
        return error == 0 ? (read, write) : throw new LedgerException($"--on-command could not run: no pipe ({Errno.Describe(error)})");
    }
}
