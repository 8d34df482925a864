using System.Net;
using System.Net.Sockets;
using Ledger.Hosting.Tests.Processes;
using Ledger.Platform;
using Ledger.Platform.Programs;

namespace Ledger.Hosting.Tests.Supervision;

public sealed class TcpPortsTests
{
    private static readonly string Self = $"pid {Environment.ProcessId} ({Procfs.Name(Environment.ProcessId)})";

    public static TheoryData<string> Addresses => ["127.0.0.1", "0.0.0.0", "::1", "::"];

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task A_listener_on_any_address_holds_its_port(string address)
    {
        if (address.Contains(':', StringComparison.Ordinal) && !Socket.OSSupportsIPv6) return;
        using var listener = new TcpListener(IPAddress.Parse(address), 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        Assert.Equal($"port {port} held by {Self}", TcpPorts.Hold(port)?.ToString());
        listener.Dispose();

        // A process that is just being started by another test has it until it runs its own program.
        await Eventually.True(() => TcpPorts.Hold(port) is null, "the port's release");
    }

    [LinuxFact]
    public void Connections_that_wait_for_their_time_to_pass_hold_no_port()
    {
        var port = PortInTimeWait();

        Assert.Equal(Libc.AddressInUse, Libc.TryBindTcp(port, version6: false, reuse: false));
        Assert.Null(TcpPorts.Hold(port));
    }

    [LinuxFact]
    public void A_socket_that_is_bound_and_does_not_listen_holds_its_port()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)socket.LocalEndPoint!).Port;

        Assert.Equal($"port {port} held by a socket that is bound and does not listen", TcpPorts.Hold(port)?.ToString());
    }

    [Fact]
    public void The_kernel_s_table_is_read_and_nonsense_in_it_is_passed_over()
    {
        const string table = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:1B59 00000000:0000 0A 00000000:00000000 00:00000000 00000000    33        0 4711 1 0000000000000000 100 0 0 10 0
               1: 00000000000000000000000001000000:1B59 0000:0000 06 0:0 03:0 0 0 0 0
            nonsense
               2: 0100007F:XXXX 00000000:0000 0A 0:0 00:0 0 33 0 4711

            """;

        Assert.Equal([new TcpSocket(7001, 10, 33, 4711), new TcpSocket(7001, 6, 0, 0)], TcpSocket.Parse(table));
        Assert.Empty(TcpSocket.Parse(null));
    }

    /// <summary>Who closes first waits: here the server.</summary>
    private static int PortInTimeWait()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var client = new TcpClient();
        client.Connect(IPAddress.Loopback, port);
        using (var server = listener.AcceptTcpClient()) server.Client.Shutdown(SocketShutdown.Both);
        Assert.Equal(0, client.GetStream().Read(new byte[1]));
        return port;
    }
}
