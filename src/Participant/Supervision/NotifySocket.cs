using System.Net.Sockets;
using System.Text;

namespace Ledger.Hosting.Supervision;

/// <summary>Tells an init system how this service is, by the protocol of <c>sd_notify(3)</c>: datagrams of
/// <c>NAME=value</c> lines to the socket that <c>NOTIFY_SOCKET</c> names. Never waits and never throws: a service does not fail
/// because nobody listens. Thread-safe.</summary>
internal sealed class NotifySocket : IDisposable
{
    /// <summary>Where the init system listens.</summary>
    public const string Variable = "NOTIFY_SOCKET";

    // sun_path of Linux, with the null that ends a path and begins an abstract name.
    private const int MostBytes = 107;
    private const int MostStatus = 1024;

    private readonly Socket _socket;
    private readonly UnixDomainSocketEndPoint _address;
    private readonly Action<string> _onFailure;

    private NotifySocket(UnixDomainSocketEndPoint address, Action<string> onFailure)
    {
        _address = address;
        _onFailure = onFailure;
        _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified)
        {
            // An init system that does not read must not stop the service.
            Blocking = false,
        };
    }

    /// <summary>Null when the service was not started by an init system that listens.</summary>
    /// <param name="variable">Reads an environment variable.</param>
    /// <param name="onFailure">Is told why something was not sent.</param>
    public static NotifySocket? TryOpen(Func<string, string?> variable, Action<string> onFailure)
    {
        var name = variable(Variable);
        if (string.IsNullOrEmpty(name)) return null;
        if (Address(name) is { } address) return new NotifySocket(address, onFailure);
        onFailure($"{Variable} is '{name}': neither an absolute path nor an abstract name ('@...') that fits into an address");
        return null;
    }

    /// <summary>The service has started, or finished to reload. Sent once it can do its work.</summary>
    public bool Ready() => Send("READY=1");

    /// <summary>The service ends from here on.</summary>
    public bool Stopping() => Send("STOPPING=1");

    /// <summary>The service lives; to be sent at least once in the interval that the init system asks for.</summary>
    public bool Alive() => Send("WATCHDOG=1");

    /// <summary>One line for people.</summary>
    public bool Status(string text)
    {
        var line = text.ReplaceLineEndings(" ").Replace('\0', ' ');
        return Send("STATUS=" + (line.Length > MostStatus ? line[..MostStatus] : line));
    }

    public void Dispose() => _socket.Dispose();

    private static UnixDomainSocketEndPoint? Address(string name)
    {
        var isAbstract = name[0] == '@';
        if ((!isAbstract && name[0] != '/') || name.Length < 2 || Encoding.UTF8.GetByteCount(name) > MostBytes) return null;
        return new UnixDomainSocketEndPoint(isAbstract ? '\0' + name[1..] : name);
    }

    /// <summary>False when it did not get there.</summary>
    private bool Send(string state)
    {
        try
        {
            _socket.SendTo(Encoding.UTF8.GetBytes(state), _address);
            return true;
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            _onFailure($"the init system was not told {state}: {error.Message}");
            return false;
        }
    }
}
