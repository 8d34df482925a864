using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Ledger.Hosting.Tests.Supervision;

/// <summary>A server of HTTP on a real socket.</summary>
internal sealed class AlertReceiver : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<TcpClient> _clients = [];

    public AlertReceiver()
    {
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/alerts");
        _ = AcceptAsync();
    }

    public Uri Address { get; }

    /// <summary>The status of the answers; null: none.</summary>
    public int? Answer { get; set; } = 200;

    public ConcurrentQueue<string> Bodies { get; } = [];

    public ConcurrentQueue<string> Requests { get; } = [];

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var client in _clients) client.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                _clients.Add(client);
                _ = ServeAsync(client);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            return;
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.ASCII);
        while (await reader.ReadLineAsync() is { } first)
        {
            var (length, type) = (0, "");
            while (await reader.ReadLineAsync() is { Length: > 0 } header)
            {
                var colon = header.IndexOf(':', StringComparison.Ordinal);
                var value = header[(colon + 1)..].Trim();
                if (header.StartsWith("Content-Length", StringComparison.OrdinalIgnoreCase)) length = int.Parse(value);
                if (header.StartsWith("Content-Type", StringComparison.OrdinalIgnoreCase)) type = value;
            }

            var body = new char[length];
            await reader.ReadBlockAsync(body);
            Requests.Enqueue($"{first.Replace(" HTTP/1.1", "", StringComparison.Ordinal)} {type}");
            Bodies.Enqueue(new string(body));
            if (Answer is { } status)
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} x\r\nContent-Length: 0\r\n\r\n"));
        }
    }
}
