using System.Globalization;
using Ledger.Groups;
using Ledger.Hosting;
using Ledger.Model.Groups;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace RallyExample;

/// <summary>Has workers started, gives each work, lets them depart one by one while others work, takes late ones in.</summary>
internal sealed class Controller(ILedgerGroupHost host, IHostApplicationLifetime lifetime) : BackgroundService
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private LedgerGroup group = null!;

    public static async Task<int> RunAsync()
    {
        var root = Directory.CreateTempSubdirectory("rally-").FullName;
        using var warnings = new WarningCounter();
        try
        {
            var builder = Host.CreateApplicationBuilder();
            builder.Logging.ClearProviders().AddProvider(warnings);
            builder.Services.AddLedger(options =>
            {
                options.Path = Path.Combine(root, "ledger");
                options.ParticipantId = "controller";
            });
            builder.Services.AddLedgerOrchestrator(options =>
            {
                options.GroupId = "rally";
                options.OnAlert = alert => Console.WriteLine($"alert: {alert.Kind} {alert.Subject} {alert.Reason}");
            });
            builder.Services.AddHostedService<Controller>();
            await builder.Build().RunAsync();
            Console.WriteLine($"{warnings.Count} warnings");
            return warnings.Count == 0 && Environment.ExitCode == 0 ? 0 : 1;
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            group = host.Group;
            await PlayAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            Environment.ExitCode = 1;
        }
        finally
        {
            lifetime.StopApplication();
        }
    }

    private async Task PlayAsync(CancellationToken cancellationToken)
    {
        await StartAsync(["worker-1", "worker-2", "worker-3"], cancellationToken);
        await WorkAsync(["worker-1", "worker-2", "worker-3"], cancellationToken);

        // One departs while the others work, and another one comes.
        var others = WorkAsync(["worker-2", "worker-3"], cancellationToken);
        await DepartAsync("worker-1", cancellationToken);
        await StartAsync(["worker-4"], cancellationToken);
        await others;
        await WorkAsync(["worker-4"], cancellationToken);

        foreach (var worker in new[] { "worker-2", "worker-3", "worker-4" }) await DepartAsync(worker, cancellationToken);
        var left = group.State.Members.Values.Where(m => m.ParticipantId != "controller").ToList();
        Console.WriteLine($"{left.Count} workers came and went: {string.Join(", ", left.Select(m => $"{m.ParticipantId} {m.Departure}"))}");
        if (left.Any(m => m.Departure != DepartureReason.Normal)) Environment.ExitCode = 1;
    }

    private async Task StartAsync(string[] workers, CancellationToken cancellationToken)
    {
        // The group starts this very program again, in the role of a worker.
        var program = Environment.ProcessPath!;
        string[] words = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [typeof(Controller).Assembly.Location, "worker"] : ["worker"];
        var settings = new SupervisorSettings
        {
            StartInfo = new StartInfo(program, [.. words], null, [], null, RestartPolicy.Default),
        };
        foreach (var worker in workers)
            await group.RegisterSupervisorAsync(worker, settings, runsItself: false, cancellationToken: cancellationToken);
        await group.WaitUntilAsync(state => workers.All(w => state.Supervisors[w].Status == SupervisorStatus.Running), cancellationToken);
        Console.WriteLine($"ready: {string.Join(", ", workers)}");
    }

    /// <summary>Ten numbers for each.</summary>
    private async Task WorkAsync(string[] workers, CancellationToken cancellationToken)
    {
        var work =
            from worker in workers
            from number in Enumerable.Range(1, 10)
            select SendAsync(worker, number, cancellationToken);
        var results = await Task.WhenAll(work);
        var sum = results.Sum(r => r.IsDone ? int.Parse(r.Answer!, CultureInfo.InvariantCulture) : throw new InvalidOperationException(r.Answer));
        Console.WriteLine($"{string.Join(", ", workers)}: {results.Length} commands done, their sum is {sum}");
    }

    private Task<CommandResult> SendAsync(string worker, int number, CancellationToken cancellationToken) =>
        group.SendAsync(worker, "square", number.ToString(CultureInfo.InvariantCulture), Deadline, cancellationToken: cancellationToken);

    private async Task DepartAsync(string worker, CancellationToken cancellationToken)
    {
        await group.StopSupervisorAsync(worker, cancellationToken);
        await group.WaitUntilAsync(
            state => state.Supervisors[worker].Status == SupervisorStatus.Stopped
                && state.Members.Values.All(m => m.ParticipantId != worker || !m.IsPresent), cancellationToken);
        Console.WriteLine($"departed: {worker}");
    }
}
