using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Ledger.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace RestartExample;

/// <summary>A worker with a fixed port, on which it tells its process id. It takes its time to end.</summary>
internal sealed class Server(string port, TimeProvider time) : BackgroundService
{
    /// <summary>From the wish that it ends to its end; the port is held as long.</summary>
    public static readonly TimeSpan Slowness = TimeSpan.FromSeconds(2);

    public static async Task<int> RunAsync(string port)
    {
        // It does not end at TERM, but when it is ready to.
        using var slow = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            _ = EndLaterAsync();
        });
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Critical);
        builder.Services.AddLedger(options =>
        {
            options.Path = Environment.GetEnvironmentVariable("LEDGER_PATH")!;
            options.ParticipantId = Environment.GetEnvironmentVariable("LEDGER_SUPERVISOR")!;
        });
        builder.Services.AddLedgerSupervisor();
        builder.Services.AddHostedService(services => new Server(port, services.GetRequiredService<TimeProvider>()));
        await builder.Build().RunAsync();
        return 0;
    }

    /// <summary>What answers on the port.</summary>
    public static async Task<int?> AskAsync(int port, CancellationToken cancellationToken)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            using var reader = new StreamReader(client.GetStream());
            return int.Parse((await reader.ReadLineAsync(cancellationToken))!, CultureInfo.InvariantCulture);
        }
        catch (SocketException)
        {
            return null;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var listener = new TcpListener(IPAddress.Any, int.Parse(port, CultureInfo.InvariantCulture));
        listener.Start();
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(stoppingToken);
                await using var writer = new StreamWriter(client.GetStream());
                await writer.WriteLineAsync(Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            }
        }
        catch (OperationCanceledException)
        {
            // Slow to the last, also when it ends in good order.
            await Task.Delay(Slowness, time, CancellationToken.None);
        }
    }

    private static async Task EndLaterAsync()
    {
        await Task.Delay(Slowness, TimeProvider.System);
        Environment.Exit(0);
    }
}
