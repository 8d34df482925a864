using System.Globalization;
using Ledger.Hosting;
using Ledger.Model.Groups;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace RallyExample;

/// <summary>One worker: a host that the group started. It works on commands until the group stops it.</summary>
internal sealed class Worker(ILedgerGroupHost group, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan StepTime = TimeSpan.FromMilliseconds(50);

    /// <summary>Who started it says by the environment where the ledger is, and which supervisor this is.</summary>
    public static async Task<int> RunAsync()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        var id = Environment.GetEnvironmentVariable("LEDGER_SUPERVISOR")!;
        builder.Services.AddLedger(options =>
        {
            options.Path = Environment.GetEnvironmentVariable("LEDGER_PATH")!;
            options.ParticipantId = id;
        });
        builder.Services.AddLedgerSupervisor(options => options.SupervisorId = id);
        // After the group: it begins when the group has accepted this process, and stops before that leaves.
        builder.Services.AddHostedService<Worker>();
        await builder.Build().RunAsync();
        return 0;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var handling = group.Group.HandleCommands(SquareAsync);
        await Task.Delay(Timeout.InfiniteTimeSpan, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<string?> SquareAsync(GroupCommand command, CancellationToken cancellationToken)
    {
        var number = int.Parse(command.Arguments!, CultureInfo.InvariantCulture);
        await Task.Delay(StepTime, time, cancellationToken);
        return (number * number).ToString(CultureInfo.InvariantCulture);
    }
}
