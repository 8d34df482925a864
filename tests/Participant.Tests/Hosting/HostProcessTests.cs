using System.Net.Sockets;
using System.Text;
using Ledger.Groups;
using Ledger.Hosting.Supervision;
using Ledger.Hosting.Tests.Processes;
using Ledger.Hosting.Tests.Supervision;
using Ledger.Model.Groups;
using Ledger.Platform;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Ledger.Hosting.Tests.Hosting;

/// <summary>Hosts in processes of their own: killed, restarted, and watched by an init system.</summary>
public sealed class HostProcessTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo scratch = Directory.CreateTempSubdirectory("ledger-host-");

    private string LedgerPath => PathOf("ledger");

    private string Diary => PathOf("diary");

    public void Dispose()
    {
        foreach (var pid in Programs()) _ = Libc.Kill(pid, Signals.Kill);
        scratch.Delete(recursive: true);
    }

    [LinuxFact]
    public async Task A_killed_host_is_started_again_with_its_command_line_and_the_receiver_of_alerts_hears_of_it_once()
    {
        using var receiver = new AlertReceiver();
        using var control = Orchestrator(receiver.Address);
        await control.StartAsync();
        var group = control.Services.GetRequiredService<ILedgerGroupHost>().Group;
        using var probe = await Probe.Start("host", LedgerPath, "web", Diary);
        var before = await RunningAsync(group, 0);
        await Eventually.True(() => Written() == 2, "the service's beginning", Bound);

        probe.Kill();

        var after = await RunningAsync(group, before.Run);
        await Eventually.True(() => Written() == 4, "the service's beginning again", Bound);
        Assert.NotEqual(before.Incarnation, after.Incarnation);
        Assert.Single(Programs());
        await Eventually.True(() => Told(receiver, "supervisorRestarted") == 1, "the restart's alert");
        Assert.Equal((1, 1), (Told(receiver, "supervisorFailed"), Told(receiver, "orchestratorTakeover")));
        Assert.All(receiver.Requests, request => Assert.Equal("POST /alerts application/json", request));

        await group.StopSupervisorAsync("web");

        await group.WaitUntilAsync(s => s.Supervisors["web"].Status == SupervisorStatus.Stopped).WaitAsync(Bound);
        await Eventually.True(() => Programs().Count == 0, "the host's end", Bound);
        Assert.Equal(["begins", "has begun", "begins", "has begun", "has stopped"], await File.ReadAllLinesAsync(Diary));
        await control.StopAsync();
    }

    [LinuxFact]
    public async Task An_init_system_hears_of_a_host_that_is_ready_once_its_services_have_begun_that_lives_and_that_stops()
    {
        using var init = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified)
        {
            ReceiveTimeout = (int)Bound.TotalMilliseconds,
        };
        init.Bind(new UnixDomainSocketEndPoint(PathOf("notify")));
        var gate = PathOf("gate");
        using (var made = System.Diagnostics.Process.Start("mkfifo", [gate])) await made.WaitForExitAsync();
        using var probe = await Probe.StartWith(
            new Dictionary<string, string> { [NotifySocket.Variable] = PathOf("notify"), [ServiceWatchdog.IntervalVariable] = "200000" },
            "host", LedgerPath, "web", Diary, gate);
        // The group has let the services begin, and one of them has not finished to.
        await Eventually.True(() => Written() == 1, "the service's beginning", Bound);
        var early = new List<string>();
        while (init.Available > 0) early.Add(Read(init));
        Assert.DoesNotContain("READY=1", early);

        await File.WriteAllTextAsync(gate, "go");

        Until(init, "READY=1");
        Assert.Equal(2, Written());
        Until(init, "WATCHDOG=1");
        Until(init, "WATCHDOG=1");
        probe.Signal(Signals.Term);
        Until(init, "STOPPING=1");
        Assert.Equal(0, await probe.ExitAsync());
        Assert.Equal(["begins", "has begun", "has stopped"], await File.ReadAllLinesAsync(Diary));
    }

    [LinuxFact]
    public async Task A_host_finds_its_invitation_in_its_environment()
    {
        using var control = Orchestrator(webhook: null);
        await control.StartAsync();
        var group = control.Services.GetRequiredService<ILedgerGroupHost>().Group;
        var invitation = await group.InviteAsync("web");
        using var probe = await Probe.StartWith(
            new Dictionary<string, string> { [InvitationVariable.Name] = InvitationVariable.Write(invitation) },
            "host", LedgerPath, "web", Diary);

        await RunningAsync(group, 0);

        Assert.Equal(InvitationStatus.Used, group.State.Invitations[invitation.InviteId].Status);
        probe.Signal(Signals.Term);
        Assert.Equal(0, await probe.ExitAsync());
        await control.StopAsync();
    }

    private IHost Orchestrator(Uri? webhook)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Ledger:Path"] = LedgerPath,
            ["Ledger:ParticipantId"] = "control",
            ["Ledger:Group:AlertWebhook"] = webhook?.ToString(),
        });
        builder.Services.AddLedgerOrchestrator();
        return builder.Build();
    }

    private static async Task<SupervisorEntry> RunningAsync(LedgerGroup group, long after)
    {
        var state = await group.WaitUntilAsync(
            s => s.Supervisors.GetValueOrDefault("web") is { Status: SupervisorStatus.Running } x && x.Run > after).WaitAsync(Bound);
        return state.Supervisors["web"];
    }

    private int Written() => File.Exists(Diary) ? File.ReadAllLines(Diary).Length : 0;

    private static int Told(AlertReceiver receiver, string kind) =>
        receiver.Bodies.Count(body => body.Contains($"\"kind\":\"{kind}\"", StringComparison.Ordinal));

    /// <summary>Hosts that the group started.</summary>
    private IReadOnlyList<int> Programs() =>
    [
        .. Procfs.Pids().Where(pid => ProcStat.Read(pid) is { IsGone: false }
            && Procfs.Read($"/proc/{pid}/environ") is var block && ProcessVariables.Has(block, ProcessVariables.Path, LedgerPath)
            && !ProcessVariables.Has(block, ProcessVariables.Lifeline, "1")),
    ];

    private string PathOf(string name) => Path.Combine(scratch.FullName, name);

    private static string Read(Socket init)
    {
        var buffer = new byte[4096];
        return Encoding.UTF8.GetString(buffer, 0, init.Receive(buffer));
    }

    /// <summary>What the receive time-out bounds: each datagram comes within it, or the test fails.</summary>
    private static void Until(Socket init, string wanted)
    {
        const int most = 1000;
        Assert.Contains(Enumerable.Range(0, most), _ => Read(init) == wanted);
    }
}
