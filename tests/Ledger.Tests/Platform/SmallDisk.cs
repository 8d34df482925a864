using System.Diagnostics;

namespace Ledger.Tests.Platform;

/// <summary>A mounted tmpfs of one megabyte.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly ScratchDirectory _mountPoint = new();

    public SmallDisk()
    {
        try
        {
            Run("mount", "-t", "tmpfs", "-o", "size=1m", "ledger-test", _mountPoint.Root);
        }
        catch
        {
            _mountPoint.Dispose();
            throw;
        }
    }

    public string Root => _mountPoint.Root;

    /// <summary>Writes a file until nothing more fits.</summary>
    public void Fill(string name)
    {
        using var file = File.Create(Path.Combine(Root, name), bufferSize: 0);
        try
        {
            while (true) file.Write(new byte[4096]);
        }
        catch (IOException)
        {
            file.Flush();
        }
    }

    public void Dispose()
    {
        // Lazily, so that a descriptor of a failed test cannot leave the mount behind.
        Run("umount", "-l", _mountPoint.Root);
        _mountPoint.Dispose();
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
