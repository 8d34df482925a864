using Ledger.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Ledger.ProcessProbe;

/// <summary>A generic host that is a supervisor of the default group: <c>host LEDGER SUPERVISOR DIARY [GATE]</c>. Says
/// <c>started PID</c>. Its service writes into the diary when it begins, when it has begun and when it has stopped; with a gate,
/// a FIFO, it has begun only once somebody wrote to that.
/// <para>With a gate it orchestrates, too; without one the group starts it again.</para></summary>
internal static class Hosted
{
    public static async Task<int> Run(string[] arguments)
    {
        var gate = arguments.Length > 3 ? arguments[3] : null;
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddLedger(options => (options.Path, options.ParticipantId) = (arguments[0], arguments[1]))
            .AddLedgerSupervisor(options => (options.Orchestrates, options.Restart) = (gate is not null, gate is null))
            .AddSingleton<IHostedService>(new Diary(arguments[2], gate));
        Console.WriteLine($"started {Environment.ProcessId}");
        using var host = builder.Build();
        await host.RunAsync();
        return 0;
    }

    private sealed class Diary(string path, string? gate) : IHostedService
    {
        public async Task StartAsync(CancellationToken cancellationToken)
        {
            Write("begins");
            if (gate is not null) await File.ReadAllTextAsync(gate, cancellationToken);
            Write("has begun");
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            Write("has stopped");
            return Task.CompletedTask;
        }

        private void Write(string what) => File.AppendAllText(path, $"{what}\n");
    }
}
