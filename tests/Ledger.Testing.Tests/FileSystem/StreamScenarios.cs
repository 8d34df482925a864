using System.Text;

namespace Ledger.Testing.Tests.FileSystem;

internal static class StreamScenarios
{
    public static readonly Dictionary<string, Action<Transcript>> All = new()
    {
        ["every mode with every access on every kind of target"] = t =>
        {
            foreach (var mode in Enum.GetValues<FileMode>())
            {
                foreach (var access in Enum.GetValues<FileAccess>())
                    OpenAll(t, mode, access);
            }
        },
        ["out of range arguments"] = t =>
        {
            t.Do(() => t.File.Open(t["g"], 0).Dispose());
            t.Do(() => t.File.Open(t["g"], FileMode.Open, 0).Dispose());
        },
        ["positions, gaps and truncation"] = t =>
        {
            using var stream = t.FileSystem.FileStream.Create(t["s"], FileMode.Create);
            t.Do(() => stream.Write("abc"u8));
            t.Ask(() => stream.Length);
            t.Ask(() => t.File.ReadAllText(t["s"]));
            t.Do(() => stream.SetLength(1));
            t.Ask(() => stream.Position);
            t.Do(() => stream.Position = 5);
            t.Do(() => stream.WriteByte(65));
            t.Do(stream.Flush);
            t.Ask(() => t.File.ReadAllText(t["s"]));
            t.Ask(() => stream.Seek(-1, SeekOrigin.Begin));
            t.Do(() => stream.Position = -1);
            t.Ask(() => stream.Seek(-2, SeekOrigin.End));
            t.Ask(() => stream.ReadByte());
            t.Ask(() => stream.Seek(-1, SeekOrigin.Current));
            t.Ask(() => stream.Read(new byte[10]));
            t.Ask(() => stream.ReadByte());
            t.Do(() => stream.SetLength(20));
            t.Ask(() => stream.Position);
        },
        ["a mix of reads, writes and seeks across buffers"] = t =>
        {
            var random = new Random(4711);
            foreach (var bufferSize in (int[])[0, 1, 16, 4096])
            {
                using var stream = t.FileSystem.FileStream.Create(
                    t[$"m{bufferSize}"], FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize);
                for (var step = 0; step < 400; step++)
                    RandomStep(t, stream, random);
            }
        },
        ["a read buffer goes stale when another stream writes"] = t =>
        {
            using var reader = Shared(t, FileMode.Open, FileAccess.Read);
            t.Ask(() => reader.ReadByte());
            using (var writer = Shared(t, FileMode.Open, FileAccess.Write))
                writer.Write("WORLD"u8);
            t.Ask(() => (char)reader.ReadByte());
            t.Ask(() => reader.Seek(0, SeekOrigin.Begin));
            t.Ask(() => (char)reader.ReadByte());
            t.Do(() => reader.Position = 0);
            t.Ask(() => (char)reader.ReadByte());
        },
        ["appending starts at the end and cannot go back"] = t =>
        {
            using var stream = t.FileSystem.FileStream.Create(t["g"], FileMode.Append);
            t.Ask(() => stream.Position);
            t.Ask(() => stream.CanRead);
            t.Ask(() => stream.Seek(0, SeekOrigin.Begin));
            t.Do(() => stream.Position = 0);
            t.Do(() => stream.SetLength(2));
            t.Ask(() => stream.Seek(2, SeekOrigin.End));
            t.Do(() => stream.Write("x"u8));
            t.Ask(() => stream.Position);
        },
        ["two appenders write over each other"] = t =>
        {
            using var one = Shared(t, FileMode.Append, FileAccess.Write);
            using var two = Shared(t, FileMode.Append, FileAccess.Write);
            one.Write("11"u8);
            one.Flush();
            two.Write("2"u8);
        },
        ["the wrong direction, and after disposal"] = t =>
        {
            using var reader = t.File.OpenRead(t["g"]);
            t.Do(() => reader.WriteByte(1));
            t.Do(() => reader.SetLength(0));
            using var writer = t.File.OpenWrite(t["d/f"]);
            t.Do(() => writer.ReadByte());
            reader.Dispose();
            t.Ask(() => reader.Length);
            t.Ask(() => reader.Position);
            t.Ask(() => $"{reader.CanRead}{reader.CanWrite}{reader.CanSeek}");
            t.Do(reader.Flush);
            t.Do(reader.Dispose);
        },
        ["sharing"] = t =>
        {
            foreach (var first in Enum.GetValues<FileShare>())
            {
                using var holder = t.FileSystem.FileStream.Create(t["g"], FileMode.Open, FileAccess.ReadWrite, first);
                foreach (var second in Enum.GetValues<FileShare>())
                    t.Do(() => t.File.Open(t["g"], FileMode.Open, FileAccess.Read, second).Dispose());
                t.Do(() => t.File.WriteAllText(t["g"], "now"));
            }
        },
        ["renamed and deleted while open"] = t =>
        {
            using var stream = t.FileSystem.FileStream.Create(t["g"], FileMode.Open);
            t.File.Move(t["g"], t["renamed"]);
            t.Do(() => stream.Write("W"u8));
            t.Do(stream.Flush);
            t.Ask(() => t.File.ReadAllText(t["renamed"]));
            t.File.Delete(t["renamed"]);
            t.Do(() => stream.Position = 0);
            t.Ask(() => new StreamReader(stream, leaveOpen: true).ReadToEnd());
            t.File.WriteAllText(t["renamed"], "another file");
            t.Do(() => stream.Write("!"u8));
        },
        ["its directory renamed while open"] = t =>
        {
            using var stream = t.FileSystem.FileStream.Create(t["d/f"], FileMode.Append);
            t.Directory.Move(t["d"], t["e"]);
            t.Do(() => stream.Write(" again"u8));
        },
        ["delete on close"] = t =>
        {
            using (var stream = t.FileSystem.FileStream.Create(
                t["x"], FileMode.Create, FileAccess.ReadWrite, FileShare.Read, 4096, FileOptions.DeleteOnClose))
            {
                t.Ask(() => t.File.Exists(t["x"]));
            }

            t.Ask(() => t.File.Exists(t["x"]));
        },
        ["text readers and writers"] = t =>
        {
            using (var writer = t.File.CreateText(t["text"]))
                writer.WriteLine("one");
            using (var writer = t.File.AppendText(t["text"]))
                writer.WriteLine("two");
            using var reader = t.File.OpenText(t["text"]);
            t.Ask(reader.ReadToEnd);
        },
    };

    private static Stream Shared(Transcript t, FileMode mode, FileAccess access) =>
        t.File.Open(t["g"], mode, access, FileShare.ReadWrite);

    private static void OpenAll(Transcript t, FileMode mode, FileAccess access)
    {
        foreach (var path in (string[])["g", "d", "new", "nod/new", "g/", "g/new"])
        {
            t.Do(() => t.FileSystem.FileStream.Create(t[path], mode, access).Dispose());
            t.Do(() => t.File.Open(t[path], mode, access).Dispose());
            t.File.Delete(t["new"]);
            t.File.WriteAllText(t["g"], "world");
        }
    }

    private static void RandomStep(Transcript t, Stream stream, Random random)
    {
        var bytes = Encoding.ASCII.GetBytes(new string((char)random.Next('a', 'z'), random.Next(1, 60)));
        var offset = random.Next(0, 300);
        switch (random.Next(7))
        {
            case 0 or 1:
                t.Do(() => stream.Write(bytes));
                break;
            case 2:
                t.Ask(() => stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
                t.Ask(() => Encoding.ASCII.GetString(bytes));
                break;
            case 3:
                t.Ask(() => stream.Seek(offset, SeekOrigin.Begin));
                break;
            case 4:
                t.Do(() => stream.Position = offset);
                break;
            case 5:
                t.Ask(() => stream.ReadByte());
                break;
            default:
                t.Ask(() => $"{stream.Position} {stream.Length}");
                break;
        }
    }
}
