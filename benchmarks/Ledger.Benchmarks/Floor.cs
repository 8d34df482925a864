using System.Text;
using Ledger.Platform;

namespace Ledger.Benchmarks;

/// <summary>The bare system calls beneath a commit: one append and one read-back of 330 bytes.</summary>
internal static class Floor
{
    public static Measure Append(string path, int count)
    {
        var line = Encoding.ASCII.GetBytes("\n" + new string('x', 328) + "\n");
        var buffer = new byte[line.Length];
        using var file = Libc.Open(path, Libc.ReadWrite | Libc.Append | Libc.Create, 0x180, out var errno)
            ?? throw new IOException($"open: {errno}");
        var measure = new Measure("append + read back (calls)", count);
        long end = 0;
        for (var i = 0; i < count; i++)
        {
            measure.Time(() =>
            {
                Libc.Write(file, line);
                end += Libc.Read(file, buffer, end);
            });
        }
        return measure;
    }
}
