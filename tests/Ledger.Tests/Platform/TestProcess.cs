using Ledger.Model;
using Ledger.Platform;

namespace Ledger.Tests.Platform;

/// <summary>A real process that leads its own group, and stays a zombie until it is reaped.</summary>
internal sealed class TestProcess : IDisposable
{
    private bool _reaped;

    private TestProcess(int pid)
    {
        Pid = pid;
        Identity = HostIdentity.Current() with { Pid = pid, StartToken = HostIdentity.StartToken(pid) };
    }

    public int Pid { get; }

    public ProcessIdentity Identity { get; }

    public static TestProcess Sleeping(params string[] environment)
    {
        var process = Start(["/bin/sleep", "60"], environment);
        SpinWait.SpinUntil(() => Sleeps(process.Pid), TimeSpan.FromSeconds(60));
        return process;
    }

    /// <summary>It is no longer becoming a <c>sleep</c>, but is one, and asleep.</summary>
    public static bool Sleeps(int pid) => ProcStat.Read(pid)?.State == 'S' && ProcessVariables.Of(pid) is not (null or "")
        && Procfs.Name(pid) == "sleep";

    public static TestProcess Shell(string script, params string[] environment) =>
        Start(["/bin/sh", "-c", script], environment);

    public void Kill() => Assert.Equal(0, Libc.Kill(Pid, Signals.Kill));

    public void KillAndReap()
    {
        Kill();
        Reap();
    }

    /// <summary>Waits for the end.</summary>
    public void Reap()
    {
        Libc.Reap(Pid);
        _reaped = true;
    }

    /// <summary>Pids of the group's living members but the leader.</summary>
    public IReadOnlyList<int> Others() =>
        [.. Procfs.Pids().Where(pid => pid != Pid && ProcStat.Read(pid) is { IsGone: false } stat && stat.ProcessGroup == Pid)];

    public void Dispose()
    {
        _ = Libc.Kill(-Pid, Signals.Kill);
        if (!_reaped) Libc.Reap(Pid);
    }

    private static TestProcess Start(string[] arguments, string[] environment)
    {
        var request = new SpawnRequest { Arguments = arguments, Environment = ["PATH=/usr/bin:/bin", .. environment] };
        Assert.Equal(0, Libc.Spawn(request, out var pid));
        return new TestProcess(pid);
    }
}
