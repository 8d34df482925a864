using Ledger;
using Ledger.Hosting;
using Ledger.Model;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HostingExample;

/// <summary>Runs one job after the other, each an operation of two calls. Asked to stop, it finishes the job it
/// is at.</summary>
internal sealed class Worker(ILedgerHost ledger, IHostApplicationLifetime lifetime, IOptions<WorkerOptions> options,
    TimeProvider time, ILogger<Worker> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Log.Joined(logger, ledger.Participant.Id, ledger.Participant.Directory.Path);
        try
        {
            for (var number = 1; !stoppingToken.IsCancellationRequested; number++) await RunJobAsync(number);
            Log.Stopped(logger);
        }
        catch (LedgerException e)
        {
            Log.Failed(logger, e);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
    }

    private async Task RunJobAsync(int number)
    {
        // An operation's id is used once, so it carries this run of the program.
        var id = $"job-{ledger.Participant.Incarnation}-{number}";
        await using var operation = await ledger.Participant.CreateOperationAsync(id);
        var fetched = await operation.RunCallAsync("fetch", (_, token) => StepAsync(number, token));
        if (number == options.Value.Jobs)
        {
            Log.Stopping(logger, number);
            lifetime.StopApplication();
        }
        var stored = await operation.RunCallAsync("store", (_, token) => StepAsync(fetched, token));
        await operation.CompleteAsync();
        Log.Completed(logger, id, stored);
    }

    /// <summary>The token is the call's: it fires if the job fails elsewhere, not when the host stops.</summary>
    private async Task<int> StepAsync(int value, CancellationToken cancellationToken)
    {
        await Task.Delay(options.Value.StepTime, time, cancellationToken);
        return value * 10;
    }
}
