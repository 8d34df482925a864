using System.Net.Sockets;
using System.Text;
using Ledger.Hosting.Supervision;
using Ledger.Hosting.Tests.Processes;
using Ledger.Testing;

namespace Ledger.Hosting.Tests.Supervision;

public sealed class NotifySocketTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ledger-notify-");
    private readonly Socket _init = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified)
    {
        ReceiveTimeout = (int)Eventually.Bound.TotalMilliseconds,
    };
    private readonly List<string> _failures = [];

    private string SocketPath => Path.Combine(_directory.FullName, "notify");

    public void Dispose()
    {
        _init.Dispose();
        _directory.Delete(recursive: true);
    }

    [LinuxFact]
    public void What_happens_is_told_to_a_socket_with_a_path()
    {
        _init.Bind(new UnixDomainSocketEndPoint(SocketPath));
        using var socket = Open(SocketPath)!;

        Assert.True(socket.Ready() && socket.Status("first line\nsecond") && socket.Alive() && socket.Stopping());

        Assert.Equal(["READY=1", "STATUS=first line second", "WATCHDOG=1", "STOPPING=1"], [Read(), Read(), Read(), Read()]);
        Assert.Empty(_failures);
    }

    [LinuxFact]
    public void An_abstract_name_begins_with_an_at_sign()
    {
        var name = $"ledger-{Guid.NewGuid():N}";
        _init.Bind(new UnixDomainSocketEndPoint('\0' + name));
        using var socket = Open('@' + name)!;

        Assert.True(socket.Ready());

        Assert.Equal("READY=1", Read());
    }

    [LinuxFact]
    public void Nobody_who_listens_is_no_reason_to_fail_and_a_full_socket_none_to_wait()
    {
        using var deaf = Open(SocketPath)!;
        Assert.False(deaf.Ready());
        Assert.Contains("READY=1", Assert.Single(_failures), StringComparison.Ordinal);

        _init.Bind(new UnixDomainSocketEndPoint(SocketPath));
        const int many = 100_000;
        Assert.Contains(Enumerable.Range(0, many), _ => !deaf.Alive());
    }

    [LinuxFact]
    public void Without_an_init_system_there_is_no_socket_and_a_name_that_is_no_address_is_told()
    {
        Assert.Null(Open(null));
        Assert.Null(Open(""));
        Assert.Empty(_failures);
        foreach (var wrong in new[] { "relative", "/", "@", "vsock:2:1", "/" + new string('x', 107) }) Assert.Null(Open(wrong));
        Assert.Equal(5, _failures.Count);
    }

    [Theory]
    [InlineData("20000000", null, 20_000.0)]
    [InlineData("20000000", "", 20_000.0)]
    [InlineData("500", "77", 0.5)]
    [InlineData("20000000", "78", null)]
    [InlineData(null, "77", null)]
    [InlineData("0", "77", null)]
    [InlineData("-5", null, null)]
    [InlineData("18446744073709551615", null, null)]
    public void The_watchdog_s_interval_is_in_microseconds_and_meant_for_one_process(string? micros, string? pid, double? ms)
    {
        var variables = new Dictionary<string, string?>
        {
            [ServiceWatchdog.IntervalVariable] = micros,
            [ServiceWatchdog.PidVariable] = pid,
        };

        Assert.Equal(ms, ServiceWatchdog.Interval(name => variables[name], 77)?.TotalMilliseconds);
    }

    [LinuxFact]
    public void The_watchdog_is_told_at_half_of_its_interval_as_long_as_the_service_is_healthy()
    {
        _init.Bind(new UnixDomainSocketEndPoint(SocketPath));
        using var socket = Open(SocketPath)!;
        var time = new SimulatedTime();
        var healthy = true;
        using var watchdog = new ServiceWatchdog(socket, TimeSpan.FromSeconds(10), () => healthy, time);

        time.Advance(TimeSpan.Zero);
        Assert.Equal(1, Count());
        time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal(0, Count());
        time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(1, Count());
        healthy = false;
        time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(0, Count());
        healthy = true;
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(2, Count());
        watchdog.Dispose();
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(0, Count());
    }

    private NotifySocket? Open(string? name) => NotifySocket.TryOpen(_ => name, _failures.Add);

    private string Read()
    {
        var buffer = new byte[4096];
        return Encoding.UTF8.GetString(buffer, 0, _init.Receive(buffer));
    }

    /// <summary>How many say that the service lives. Datagrams are there when sending returns.</summary>
    private int Count()
    {
        var count = 0;
        for (; _init.Available > 0; count++) Assert.Equal("WATCHDOG=1", Read());
        return count;
    }
}
