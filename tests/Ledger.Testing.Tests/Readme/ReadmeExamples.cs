using System.IO.Abstractions;
using Ledger.Testing.Simulation;

namespace Ledger.Testing.Tests.Readme;

/// <summary>The examples of the package's README, word for word.</summary>
public sealed class ReadmeExamples
{
    [Fact]
    public void Saving_survives_a_crash_at_any_point()
    {
        static void Save(IFileSystem files, string text)
        {
            files.File.WriteAllText("/settings.tmp", text);
            files.File.Move("/settings.tmp", "/settings", overwrite: true);
        }

        for (var crashPoint = 1; ; crashPoint++)
        {
            var disk = new SimulatedFileSystem(new SimulatedTime());
            disk.File.WriteAllText("/settings", "old");
            var process = disk.CreateClient("process");
            process.Fault = call => call.Number == crashPoint ? FileFault.CrashBefore : null;
            try
            {
                Save(process, "new");
                break; // Fewer calls than crash points: every one was tried.
            }
            catch (SimulatedCrashException)
            {
                Assert.Equal("old", disk.File.ReadAllText("/settings"));
            }
        }
    }

    [Fact]
    public void A_frozen_process_misses_its_heartbeats()
    {
        var time = new SimulatedTime();
        var host = time.CreateHost("laptop", utcSkew: TimeSpan.FromMinutes(-3));
        var beats = 0;
        using var heartbeat = host.CreateTimer(_ => beats++, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));

        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(5, beats);

        host.Suspend(SuspendKind.Process);
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(5, beats);

        host.Resume(); // The overdue beat comes now, once.
        Assert.Equal(6, beats);
    }

    [Fact]
    public async Task A_participant_dies_and_another_one_is_told()
    {
        var ledger = new SimulatedLedger();
        var cli = await ledger.StartAsync("cli");
        var bridge = await ledger.StartAsync("bridge", host: "h2");
        var mine = await cli.Participant.CreateOperationAsync("op");
        var theirs = await bridge.Participant.JoinOperationAsync("op");
        await mine.StartCallAsync("open");
        await theirs.StartCallAsync("render", new CallOptions { CallerId = "open" });

        bridge.Crash();
        await ledger.RunUntilAsync(() => mine.CleanupToken.IsCancellationRequested);

        var end = await ledger.RunUntilAsync(mine.WaitForTerminalAsync());
        Assert.Equal("bridge", end.Cause!.ParticipantId);
    }

    [Fact]
    public void A_seed_is_one_run_and_no_promise_is_broken_in_it()
    {
        var simulator = new Simulator();
        var result = simulator.Run(4711);

        Assert.Null(result.Fault);
        Assert.Equal(result.Digest, simulator.Run(4711).Digest);
    }
}
