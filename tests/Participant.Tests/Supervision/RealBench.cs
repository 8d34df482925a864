using System.Net;
using System.Net.Sockets;
using Ledger.Hosting.Supervision;
using Ledger.Hosting.Tests.Processes;
using Ledger.Model.Groups;
using Ledger.Platform;
using Ledger.Platform.Programs;

namespace Ledger.Hosting.Tests.Supervision;

/// <summary>Real processes: shells and sleeps.</summary>
internal sealed class RealBench : ProgramBench
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ledger-programs-");

    public override IProgramHost Host { get; } = new ProgramHost(error => Assert.Fail(error.ToString()));

    public override IProgramHost Stranger { get; } = new ProgramHost(error => Assert.Fail(error.ToString()));

    public override TimeProvider Time => TimeProvider.System;

    public override string NotExecutable
    {
        get
        {
            var path = Path.Combine(_directory.FullName, "text");
            File.WriteAllText(path, "no program");
            return path;
        }
    }

    public override string MissingDirectory => Path.Combine(_directory.FullName, "missing");

    public override string[] Words(Kind kind) => kind switch
    {
        Kind.Obedient => ["sleep", "600"],
        Kind.Stubborn => ["sh", "-c", "trap '' TERM; while :; do sleep 600; done"],
        Kind.Family => ["sh", "-c", "sleep 600 & sleep 600 & wait"],
        _ => ["sh", "-c", "env -i sleep 600 & wait"],
    };

    public override bool HasBegun(int pgid, Kind kind) => Processes.Group.Count(pgid, "sleep") == (kind == Kind.Family ? 2 : 1);

    public override IReadOnlyList<int> Members(int pgid) =>
        [.. Processes.Group.Members(pgid).Where(pid => !IsLifeline(pid) && ProcStat.Read(pid) is { IsGone: false })];

    public override void Kill(int pid) => Libc.Kill(pid, Signals.Kill);

    public override void KillLifeline(int pgid)
    {
        foreach (var pid in Processes.Group.Members(pgid).Where(IsLifeline)) Libc.Kill(pid, Signals.Kill);
    }

    public override async Task<IOwned> StartByAnother(SupervisorMode mode, Kind kind, bool release)
    {
        var probe = await Probe.Start(
        [
            "program", mode.Word(), release ? "run" : "hold", Owner.LedgerPath, Owner.Group, Owner.Supervisor, Owner.RunId,
            .. Words(kind),
        ]);
        var process = Host.Self with { Pid = probe.Command, StartToken = HostIdentity.StartToken(probe.Command) };
        if (release) await Until(() => HasBegun(probe.Command, kind), $"{kind} has begun");
        return new Owned(probe, new HostedProgram(process, probe.Command, mode, Owner));
    }

    public override (int, string, IDisposable) HoldPort()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var holder = $"pid {Environment.ProcessId} ({Procfs.Name(Environment.ProcessId)})";
        return (((IPEndPoint)listener.LocalEndpoint).Port, holder, listener);
    }

    public override Task<T> Run<T>(Func<Task<T>> work) => work();

    public override Task Until(Func<bool> condition, string what, TimeSpan? bound = null) =>
        Eventually.True(condition, what, bound);

    protected override void Close() => _directory.Delete(recursive: true);

    private static bool IsLifeline(int pid)
    {
        string? variables;
        // In the midst of becoming another program, or of its end, a process shows none.
        do variables = ProcessVariables.Of(pid);
        while (variables is "" && ProcStat.Read(pid) is { IsGone: false, HasNoVariables: false });
        return ProcessVariables.Has(variables, ProcessVariables.Lifeline, "1");
    }

    private sealed record Owned(Probe Probe, HostedProgram Program) : IOwned
    {
        public void KillOwner() => Probe.Kill();

        public void Dispose() => Probe.Dispose();
    }
}
