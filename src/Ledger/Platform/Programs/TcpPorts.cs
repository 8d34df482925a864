using System.Globalization;

namespace Ledger.Platform.Programs;

/// <summary>One line of /proc/net/tcp or tcp6.</summary>
internal readonly record struct TcpSocket(int Port, int State, uint User, ulong Inode)
{
    /// <summary>It accepts connections.</summary>
    public const int Listening = 0x0A;

    /// <summary>The sockets that a table holds. Lines that the kernel does not write are passed over.</summary>
    public static IEnumerable<TcpSocket> Parse(string? table) =>
        (table ?? "").Split('\n').Skip(1).Select(Line).OfType<TcpSocket>();

    private static TcpSocket? Line(string line)
    {
        const int local = 1, state = 3, user = 7, inode = 9;
        var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length <= inode) return null;
        var port = fields[local][(fields[local].LastIndexOf(':') + 1)..];
        return int.TryParse(port, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var number)
            && int.TryParse(fields[state], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var what)
            && uint.TryParse(fields[user], NumberStyles.None, CultureInfo.InvariantCulture, out var who)
            && ulong.TryParse(fields[inode], NumberStyles.None, CultureInfo.InvariantCulture, out var node)
                ? new TcpSocket(number, what, who, node)
                : null;
    }
}

/// <summary>Whether TCP ports can be bound, and who holds them. Linux.</summary>
internal static class TcpPorts
{
    private static readonly string[] Tables = ["/proc/net/tcp", "/proc/net/tcp6"];
    private const string Unlisted = "a socket that is bound and does not listen";

    /// <summary>Null when a program can bind the port on all addresses. Connections of a former holder that are still closing
    /// (TIME_WAIT) hold a port only from programs that bind without SO_REUSEADDR, which servers do not.</summary>
    public static PortHold? Hold(int port)
    {
        if (CanBind(port, reuse: false) == true) return null;
        var sockets = Sockets(port);
        var listening = sockets.Where(socket => socket.State == TcpSocket.Listening).ToList();
        if (listening.Count > 0) return Holder(port, listening);
        return CanBind(port, reuse: true) switch
        {
            // No right to bind it (a low port): nobody listens, and more cannot be told.
            null => null,
            true when sockets.Count > 0 => null,
            _ => sockets.Count > 0 ? Holder(port, sockets) : new PortHold(port, null, Unlisted),
        };
    }

    /// <summary>Null when this process may not.</summary>
    private static bool? CanBind(int port, bool reuse)
    {
        foreach (var version6 in new[] { false, true })
        {
            var errno = Libc.TryBindTcp(port, version6, reuse);
            if (errno is Errno.AccessDenied or Errno.NotPermitted) return null;
            if (errno == Libc.AddressInUse) return false;
        }

        // Other errors say that there is no such kind of address on this machine.
        return true;
    }

    private static List<TcpSocket> Sockets(int port) =>
    [
        .. Tables.SelectMany(path => TcpSocket.Parse(Procfs.Read(path))).Where(socket => socket.Port == port),
    ];

    private static PortHold Holder(int port, List<TcpSocket> sockets)
    {
        var owned = sockets.Where(socket => socket.Inode != 0).ToList();
        if (owned.Count == 0) return new PortHold(port, null, "connections of its last holder, which are still closing");
        var wanted = owned.Select(socket => $"socket:[{socket.Inode}]").ToHashSet(StringComparer.Ordinal);
        foreach (var pid in Procfs.Pids().Order())
            if (Procfs.Descriptors(pid).Any(wanted.Contains)) return new PortHold(port, pid, Procfs.Name(pid));
        return new PortHold(port, null, $"a process of user {owned[0].User} that cannot be looked at");
    }
}
