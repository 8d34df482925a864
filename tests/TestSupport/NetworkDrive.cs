using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Ledger.TestSupport;

/// <summary>A directory that a private <c>sshd</c> serves on loopback, mounted twice with <c>sshfs</c> without caches: two
/// views of one network drive. It has its own keys, configuration and port, and needs no right but to mount. A guard takes
/// everything down when it is disposed of, and also when the test's process dies.</summary>
public sealed class NetworkDrive : IDisposable
{
    private const string Sftp = "/usr/bin/sshfs", Server = "/usr/sbin/sshd", Fuse = "/dev/fuse";
    private const int PortTries = 5;

    // Kills before it unmounts: a frozen mount answers nobody. Its standard input ends with the test's process.
    private const string TakeDown = """
        trap '' INT HUP TERM
        cat >/dev/null
        for file in "$1"/pids/sshfs-*; do [ -e "$file" ] && kill -KILL "$(cat "$file")" 2>/dev/null; done
        for mount in "$1"/a "$1"/b; do fusermount3 -u -z "$mount" 2>/dev/null; done
        [ -e "$1/pids/sshd" ] && kill "$(cat "$1/pids/sshd")" 2>/dev/null
        rm -rf --one-file-system "$1"
        """;

    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly string _root = Directory.CreateTempSubdirectory("ledger-drive-").FullName;
    private readonly Process _guard;
    private readonly Process _server;
    private int _directories;

    private NetworkDrive()
    {
        foreach (var name in new[] { "keys", "pids", "served", "a", "b" }) Directory.CreateDirectory(Path.Combine(_root, name));
        _guard = Start("/bin/sh", input: true, "-c", TakeDown, "sh", _root);
        try
        {
            (_server, var port) = Serve();
            A = new DriveMount(Path.Combine(_root, "a"), path => Mount(path, port));
            B = new DriveMount(Path.Combine(_root, "b"), path => Mount(path, port));
            Parallel.Invoke(A.Mount, B.Mount);
        }
        catch
        {
            EndGuard();
            throw;
        }
    }

    /// <summary>Why there can be none on this machine, naming the Debian package; or null.</summary>
    public static string? WhyNot =>
        !OperatingSystem.IsLinux() ? "needs Linux"
        : !File.Exists(Sftp) ? "needs sshfs (Debian package: sshfs)"
        : !File.Exists(Server) ? "needs sshd (Debian package: openssh-server)"
        : !File.Exists(Fuse) ? $"needs {Fuse} (the kernel's FUSE, passed into the container)"
        : null;

    public DriveMount A { get; }

    public DriveMount B { get; }

    /// <summary>The directory as its server sees it, without a network in between.</summary>
    public string Served => Path.Combine(_root, "served");

    /// <summary>The processes it consists of now, those of the connections too.</summary>
    public IReadOnlyList<int> Processes
    {
        get
        {
            var parents = new Dictionary<int, int>();
            foreach (var directory in Directory.GetDirectories("/proc"))
            {
                if (!int.TryParse(Path.GetFileName(directory), out var pid)) continue;
                if (StatOf(pid) is { } stat && stat[0] != "Z") parents[pid] = int.Parse(stat[1], CultureInfo.InvariantCulture);
            }
            // ssh is no child of sshfs any more, but names the key.
            var found = parents.Keys.Where(pid => CommandOf(pid).Contains(_root, StringComparison.Ordinal)).ToHashSet();
            while (parents.Where(p => found.Contains(p.Value) && found.Add(p.Key)).ToList().Count > 0) { }
            return [.. found];
        }
    }

    public static NetworkDrive Start() => new();

    /// <summary>A new directory on the drive, as seen through each of its mounts.</summary>
    public (string ThroughA, string ThroughB, string AtServer) NewDirectory()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"dir{Interlocked.Increment(ref _directories)}");
        var made = Directory.CreateDirectory(Path.Combine(Served, name));
        return (Path.Combine(A.Path, name), Path.Combine(B.Path, name), made.FullName);
    }

    public void Dispose()
    {
        EndGuard();
        A.Dispose();
        B.Dispose();
        _server.WaitForExit(Bound);
        _server.Dispose();
    }

    /// <summary>True when the process exists and is no zombie.</summary>
    public static bool Runs(int pid) => StatOf(pid) is { } stat && stat[0] != "Z";

    internal static Process Start(string program, bool input, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = input })!;

    private static string[]? StatOf(int pid)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{pid}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string CommandOf(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private string Key(string name) => Path.Combine(_root, "keys", name);

    private void EndGuard()
    {
        _guard.StandardInput.Close();
        if (!_guard.WaitForExit(Bound)) throw new TimeoutException($"The network drive at {_root} was not taken down.");
        _guard.Dispose();
    }

    private (Process Server, int Port) Serve()
    {
        foreach (var name in new[] { "host", "client" })
        {
            using var keygen = Start("/usr/bin/ssh-keygen", input: true, "-q", "-t", "ed25519", "-N", "", "-f", Key(name));
            keygen.WaitForExit();
            Assert.Equal(0, keygen.ExitCode);
        }
        // What Debian's service makes before it starts; a server run by root needs it. It stays: another server may use it.
        if (Environment.UserName == "root") Directory.CreateDirectory("/run/sshd");
        for (var tries = 1; ; tries++)
        {
            // Somebody else may take the port in between.
            var port = FreePort();
            if (TryServe(port) is { } server) return (server, port);
            Assert.True(tries < PortTries, "sshd did not start: " + File.ReadAllText(Key("sshd.log")));
        }
    }

    private Process? TryServe(int port)
    {
        File.WriteAllText(Key("sshd_config"), $"""
            ListenAddress 127.0.0.1:{port}
            HostKey {Key("host")}
            AuthorizedKeysFile {Key("client.pub")}
            PidFile none
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            Subsystem sftp internal-sftp

            """);
        // Its connections inherit its streams: a pipe would have to be read for ever.
        var server = Start(Server, input: false, "-D", "-E", Key("sshd.log"), "-f", Key("sshd_config"));
        File.WriteAllText(Path.Combine(_root, "pids", "sshd"), $"{server.Id}");
        DriveMount.Wait(() => server.HasExited || Answers(port));
        if (!server.HasExited) return server;
        server.Dispose();
        return null;
    }

    private static bool Answers(int port)
    {
        using var client = new TcpClient();
        try
        {
            client.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private Process Mount(string path, int port)
    {
        string[] options =
        [
            $"IdentityFile={Key("client")}", "IdentitiesOnly=yes", "BatchMode=yes", "LogLevel=ERROR", "StrictHostKeyChecking=no",
            "UserKnownHostsFile=/dev/null", "dir_cache=no", "entry_timeout=0", "negative_timeout=0", "attr_timeout=0",
        ];
        var mount = Start(Sftp, input: false, "-f", "-F", "/dev/null", "-p", $"{port}", "-o", string.Join(',', options),
            $"{Environment.UserName}@127.0.0.1:{Served}", path);
        File.WriteAllText(Path.Combine(_root, "pids", "sshfs-" + Path.GetFileName(path)), $"{mount.Id}");
        return mount;
    }
}
