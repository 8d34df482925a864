using System.Collections.Concurrent;
using Ledger.Hosting.Tests.Processes;
using Ledger.Model.Groups;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Ledger.Hosting.Tests.Hosting;

public sealed class AddLedgerGroupTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly string path = Directory.CreateTempSubdirectory("ledger-group-").FullName;

    public void Dispose() => Directory.Delete(path, recursive: true);

    [LinuxFact]
    public async Task Services_begin_once_what_the_supervisor_depends_on_runs()
    {
        var alerts = new ConcurrentQueue<GroupAlert>();
        using var orchestrator = Build("control", services => services.AddLedgerOrchestrator(options => options.OnAlert = alerts.Enqueue));
        await orchestrator.StartAsync();
        var group = orchestrator.Services.GetRequiredService<ILedgerGroupHost>().Group;
        using var db = Build("db", services => services.AddLedgerSupervisor());
        await db.StartAsync();
        Assert.Equal(SupervisorStatus.Running, db.Services.GetRequiredService<ILedgerGroupHost>().Group.State.Supervisors["db"].Status);
        // It has yet to read of it.
        await group.WaitUntilAsync(s => s.Supervisors.ContainsKey("db")).WaitAsync(Bound);

        var began = new Began();
        using var web = Build("web", services => services.AddLedgerSupervisor(options => options.Dependencies.Add("db")).AddSingleton<IHostedService>(began));
        await group.StopSupervisorAsync("db");
        await db.WaitForShutdownAsync().WaitAsync(Bound);
        await group.WaitUntilAsync(s => s.Supervisors["db"].Status == SupervisorStatus.Stopped).WaitAsync(Bound);

        await Assert.ThrowsAsync<Ledger.Groups.DependencyDeadException>(() => web.StartAsync().WaitAsync(Bound));
        Assert.False(began.HasBegun);
        await Eventually.True(() => alerts.Any(alert => alert is { Kind: AlertKind.OrchestratorTakeover, Subject: "control" }), "the alert");
        await orchestrator.StopAsync();
    }

    [LinuxFact]
    public async Task A_supervisor_that_the_group_stops_stops_its_host_and_leaves_in_good_order()
    {
        using var host = Build("one", services => services.AddLedgerOrchestrator().AddLedgerSupervisor());
        await host.StartAsync();
        var group = host.Services.GetRequiredService<ILedgerGroupHost>().Group;
        Assert.Equal(SupervisorStatus.Running, group.State.Supervisors["one"].Status);

        await group.StopSupervisorAsync("one");

        await host.WaitForShutdownAsync().WaitAsync(Bound);
        var state = LedgerDirectory.Open(new LedgerOptions { Path = path }).ReadGroup("default");
        Assert.Equal(SupervisorStatus.Stopped, state.Supervisors["one"].Status);
        Assert.Equal(DepartureReason.Normal, Assert.Single(state.Members.Values).Departure);
    }

    [LinuxFact]
    public async Task A_host_joins_by_its_invitation_and_no_second_one_does()
    {
        using var control = Build("control", services => services.AddLedgerOrchestrator());
        await control.StartAsync();
        var group = control.Services.GetRequiredService<ILedgerGroupHost>().Group;
        var invitation = await group.InviteAsync("guest");
        var settings = new Dictionary<string, string?> { ["Ledger:Group:Invitation"] = InvitationVariable.Write(invitation) };
        using (var guest = Build("guest", services => services.AddLedgerSupervisor(), settings))
        {
            await guest.StartAsync();
            await group.WaitUntilAsync(s => s.Invitations[invitation.InviteId].Status == InvitationStatus.Used).WaitAsync(Bound);
            await guest.StopAsync();
        }

        using var second = Build("guest", services => services.AddLedgerSupervisor(), settings);
        var refusal = await Assert.ThrowsAsync<Ledger.Groups.GroupRejectedException>(() => second.StartAsync());
        Assert.Contains("invitation", refusal.Message, StringComparison.Ordinal);
        await control.StopAsync();
    }

    [Theory]
    [InlineData("Ports:0", "70000", "Ports")]
    [InlineData("StartTimeout", "00:00:00.500", "StartTimeout")]
    [InlineData("AlertWebhook", "ftp://example.org", "AlertWebhook")]
    [InlineData("GroupId", "a b", "group id")]
    [InlineData("Invitation", "no-token", "Invitation")]
    public async Task A_wrong_option_is_named_before_anything_runs(string name, string value, string named)
    {
        using var host = Build("one", services => services.AddLedgerSupervisor(), new() { [$"Ledger:Group:{name}"] = value });

        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(path));
    }

    private IHost Build(string id, Action<IServiceCollection> add, Dictionary<string, string?>? settings = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(settings ?? [])
        {
            ["Ledger:Path"] = path,
            ["Ledger:ParticipantId"] = id,
        });
        add(builder.Services);
        return builder.Build();
    }

    private sealed class Began : IHostedService
    {
        public bool HasBegun { get; private set; }

        public Task StartAsync(CancellationToken cancellationToken)
        {
            HasBegun = true;
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
