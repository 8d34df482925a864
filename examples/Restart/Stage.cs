using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Ledger.Groups;
using Ledger.Hosting;
using Ledger.Model.Groups;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace RestartExample;

/// <summary>Has the server started, freezes it, and looks whether its successor serves on the same port, and never two do.</summary>
internal static class Stage
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public static async Task<int> RunAsync()
    {
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        var root = Directory.CreateTempSubdirectory("restart-").FullName;
        try
        {
            var builder = Host.CreateApplicationBuilder();
            builder.Logging.SetMinimumLevel(LogLevel.Critical);
            builder.Services.AddLedger(options =>
            {
                options.Path = Path.Combine(root, "ledger");
                options.ParticipantId = "stage";
                options.HeartbeatInterval = TimeSpan.FromMilliseconds(500);
                options.StalenessThreshold = TimeSpan.FromSeconds(2);
            });
            builder.Services.AddLedgerOrchestrator(options =>
                options.OnAlert = alert => Say($"alert: {alert.Kind}: {alert.Subject}: {alert.Reason}"));
            using var host = builder.Build();
            await host.StartAsync(limit.Token);
            var isGood = await PlayAsync(host.Services.GetRequiredService<ILedgerGroupHost>().Group, limit.Token);
            await host.StopAsync(limit.Token);
            return isGood ? 0 : 1;
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static async Task<bool> PlayAsync(LedgerGroup group, CancellationToken cancellationToken)
    {
        var port = FreePort();
        await group.RegisterSupervisorAsync("server", Settings(port), runsItself: false, cancellationToken: cancellationToken);
        var first = await ServesAsync(group, port, other: null, cancellationToken);
        Say($"process {first} serves on its port");

        using (var kill = Process.Start("kill", ["-STOP", $"{first}"])) await kill.WaitForExitAsync(cancellationToken);
        Say($"process {first} is frozen; it holds the port still");
        var second = await ServesAsync(group, port, first, cancellationToken);
        Say($"process {second} serves on the same port; {first} {(IsAlive(first) ? "lives still" : "is gone")}");
        var isGood = !IsAlive(first);

        await group.StopSupervisorAsync("server", cancellationToken);
        await group.WaitUntilAsync(state => state.Supervisors["server"].Status == SupervisorStatus.Stopped, cancellationToken);
        Say("stopped");
        return isGood;
    }

    private static SupervisorSettings Settings(int port)
    {
        // The group starts this very program again, in the role of the server.
        var program = Environment.ProcessPath!;
        var isHosted = Path.GetFileNameWithoutExtension(program) == "dotnet";
        string[] words = [.. isHosted ? [typeof(Stage).Assembly.Location] : Array.Empty<string>(), "server", $"{port}"];
        return new SupervisorSettings
        {
            StartInfo = new StartInfo(program, [.. words], null, [], null, RestartPolicy.Default),
            Ports = [port],
        };
    }

    /// <summary>The process that answers on the port, which is another one than before.</summary>
    private static async Task<int> ServesAsync(LedgerGroup group, int port, int? other, CancellationToken cancellationToken)
    {
        while (true)
        {
            await group.WaitUntilAsync(
                state => state.Supervisors["server"] is { Status: SupervisorStatus.Running } x && x.Program?.Pid != other, cancellationToken);
            if (await Server.AskAsync(port, cancellationToken) is { } pid && pid != other) return pid;
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);
        }
    }

    private static bool IsAlive(int pid) => Directory.Exists($"/proc/{pid}");

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Any, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private static void Say(string what) => Console.WriteLine(what);
}
