using Ledger.Model;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Ledger.Hosting.Tests.Hosting;

public sealed class AddLedgerTests : IDisposable
{
    private readonly string path = Directory.CreateTempSubdirectory("ledger-host-").FullName;

    [Fact]
    public async Task The_participant_starts_and_leaves_with_the_host()
    {
        using var host = Build(new() { ["Ledger:Path"] = path, ["Ledger:ParticipantId"] = "worker" });
        var ledger = host.Services.GetRequiredService<ILedgerHost>();
        Assert.Throws<InvalidOperationException>(() => ledger.Participant);

        await host.StartAsync();
        Assert.Equal("worker", ledger.Participant.Id);
        Assert.Single(Directory.GetFiles(Path.Combine(path, "participants")));
        await using (var operation = await ledger.Participant.CreateOperationAsync("job"))
        {
            await operation.RunCallAsync("work", (_, _) => Task.FromResult(1));
            await operation.CompleteAsync();
        }
        await host.StopAsync();

        Assert.Throws<InvalidOperationException>(() => ledger.Participant);
        Assert.Empty(Directory.GetFiles(Path.Combine(path, "participants")));
    }

    [Fact]
    public async Task A_graceful_stop_waits_for_open_calls()
    {
        using var host = Build(new() { ["Ledger:Path"] = path });
        await host.StartAsync();
        var operation = await host.Services.GetRequiredService<ILedgerHost>().Participant.CreateOperationAsync("job");
        var open = await operation.StartCallAsync("work");
        var stopping = host.StopAsync();
        Assert.False(stopping.IsCompleted);
        await open.EndAsync();
        await operation.CompleteAsync();
        await stopping.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(OperationStatus.Completed, Read("job").Status);
    }

    [Fact]
    public async Task A_forced_stop_fails_open_calls_with_the_reason()
    {
        using var host = Build(new() { ["Ledger:Path"] = path });
        await host.StartAsync();
        var operation = await host.Services.GetRequiredService<ILedgerHost>().Participant.CreateOperationAsync("job");
        await operation.StartCallAsync("work");
        using var forced = new CancellationTokenSource();
        await forced.CancelAsync();
        await host.StopAsync(forced.Token);

        var state = Read("job");
        Assert.Equal(OperationStatus.Failed, state.Status);
        Assert.Equal(CauseType.CallFailed, state.Cause!.Type);
        Assert.Contains("shut down before the call ended", state.Cause.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Ledger:ParticipantId", "../x", "participant id")]
    [InlineData("Ledger:HeartbeatInterval", "00:00:00", "HeartbeatInterval")]
    [InlineData("Ledger:Path", "", "Path")]
    public async Task A_wrong_option_is_told_before_anything_starts(string key, string value, string named)
    {
        using var host = Build(new() { ["Ledger:Path"] = path, [key] = value });
        var told = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.Contains(named, told.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(path));
    }

    public void Dispose() => Directory.Delete(path, recursive: true);

    private OperationState Read(string operationId) =>
        LedgerDirectory.OpenAsync(new LedgerOptions { Path = path }).GetAwaiter().GetResult().Read(operationId);

    private static IHost Build(Dictionary<string, string?> settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "test host" });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddLedger();
        return builder.Build();
    }
}
