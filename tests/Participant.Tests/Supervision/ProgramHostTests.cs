using System.Runtime.Versioning;
using Ledger.Hosting.Supervision;
using Ledger.Hosting.Tests.Processes;
using Ledger.Model.Groups;
using Ledger.Platform;
using Ledger.Platform.Programs;

namespace Ledger.Hosting.Tests.Supervision;

/// <summary>What only real processes have.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ProgramHostTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ledger-host-");
    private readonly RealBench _bench = new();

    private string In(string name) => Path.Combine(_directory.FullName, name);

    public void Dispose()
    {
        _bench.Dispose();
        _directory.Delete(recursive: true);
    }

    [LinuxFact]
    public async Task A_program_gets_its_directory_its_variables_and_its_output()
    {
        Environment.SetEnvironmentVariable(NotifySocket.Variable, "/nowhere");
        var start = Shell("echo out; echo err >&2; pwd; env; cat") with
        {
            Environment = new Dictionary<string, string?> { ["LEDGER_TOKEN"] = "t", ["HOME"] = null, ["LEDGER_GROUP"] = "forged" },
        };

        Assert.Equal(0, await RunToEnd(start));

        Environment.SetEnvironmentVariable(NotifySocket.Variable, null);
        var lines = await File.ReadAllLinesAsync(In("out"));
        Assert.Equal(["out", "err", _directory.FullName], lines[..3]);
        string[] present =
        [
            "LEDGER_TOKEN=t", $"LEDGER_PATH={_bench.Owner.LedgerPath}", "LEDGER_GROUP=web", "LEDGER_SUPERVISOR=api",
            "LEDGER_RUN_ID=run-1", "LEDGER_MODE=independent",
        ];
        Assert.Subset(lines.ToHashSet(), present.ToHashSet());
        Assert.DoesNotContain(lines, line => line.StartsWith("HOME=", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.StartsWith("NOTIFY_SOCKET=", StringComparison.Ordinal));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(In("out")));

        await RunToEnd(start);
        Assert.Equal(2 * lines.Length, (await File.ReadAllLinesAsync(In("out"))).Length);
    }

    [LinuxFact]
    public void A_file_for_output_that_cannot_be_opened_is_told()
    {
        var spawn = _bench.Control.Spawn(Shell("true") with { OutputFile = In("missing/out") });

        Assert.Equal(SpawnStep.Output, spawn.Failure?.Step);
        Assert.Contains(In("missing/out"), spawn.Failure?.Reason, StringComparison.Ordinal);
    }

    [LinuxFact]
    public async Task A_command_with_a_slash_is_found_from_the_working_directory()
    {
        await File.WriteAllTextAsync(In("own"), "#!/bin/sh\nexit 7\n");
        File.SetUnixFileMode(In("own"), UnixFileMode.UserRead | UnixFileMode.UserExecute);

        Assert.Equal(7, await RunToEnd(Shell("") with { Words = ["./own"] }));
    }

    [LinuxFact]
    public async Task A_zombie_is_dead_though_its_owner_never_waits_for_it()
    {
        using var owned = await _bench.StartByAnother(SupervisorMode.Independent, Kind.Obedient, release: true);
        var owner = ProcStat.Read(owned.Program.Pid)!.Value.Parent;
        Assert.Equal(0, Libc.Kill(owner, Signals.Stop));
        // Each of its threads must stand still, or the one that waits may still see the end.
        await Eventually.True(
            () => Directory.EnumerateDirectories($"/proc/{owner}/task")
                .All(thread => ProcStat.Parse(Procfs.Read(thread + "/stat"))?.State == 'T'),
            "the owner's stop");
        _bench.Kill(owned.Program.Pid);
        await Eventually.True(() => ProcStat.Read(owned.Program.Pid)?.State == 'Z', "the zombie");

        var report = await _bench.Control.ReleaseAsync(
            new ReleaseRequest { Old = owned.Program, Bound = TimeSpan.Zero }, CancellationToken.None);

        Assert.Empty(report.Held);
        Assert.Equal('Z', ProcStat.Read(owned.Program.Pid)?.State);
    }

    [LinuxFact]
    public async Task A_group_whose_lifeline_may_still_end_it_is_no_orphan_yet()
    {
        var program = await _bench.Running(SupervisorMode.Coupled, Kind.Obedient);
        var time = new Ledger.Testing.SimulatedTime();
        var sweep = new OrphanSweep(_bench.Stranger, time, _bench.Owner.LedgerPath, _bench.Owner.Group);

        Assert.Empty((await Sweep()).Found);
        time.Advance(OrphanSweep.LifelineBound);
        var ending = Task.Run(Sweep);
        await Eventually.True(
            () =>
            {
                time.Advance(TimeSpan.FromMilliseconds(5));
                return ending.IsCompleted;
            },
            "the sweep");

        Assert.Equal((1, 1), ((await ending).Found.Count, (await ending).Ended));
        await Eventually.True(() => Group.Members(program.Identity.Pgid).Count == 0, "the end of its lifeline, which is not waited for");

        Task<OrphanReport> Sweep() => sweep.SweepAsync(_ => false, TimeSpan.FromMinutes(10), CancellationToken.None);
    }

    [LinuxFact]
    public async Task An_independent_program_has_a_session_of_its_own_and_survives_the_disposing()
    {
        var program = await _bench.Running(SupervisorMode.Independent, Kind.Obedient);
        Assert.Equal([program.Identity.Pid], Group.Members(program.Identity.Pgid));
        Assert.Equal(program.Identity.Pid, Session(program.Identity.Pid));

        program.Dispose();

        Assert.Equal([program.Identity.Pid], Group.Members(program.Identity.Pgid));
    }

    private static int Session(int pid)
    {
        const int session = 3;
        var text = Procfs.Read($"/proc/{pid}/stat")!;
        return int.Parse(text[(text.LastIndexOf(')') + 2)..].Split(' ')[session]);
    }

    private ProgramStart Shell(string script) => _bench.Start(SupervisorMode.Independent, "sh", "-c", script) with
    {
        WorkingDirectory = _directory.FullName,
        Output = ProgramOutput.File,
        OutputFile = "out",
    };

    private async Task<int> RunToEnd(ProgramStart start)
    {
        var spawn = _bench.Control.Spawn(start);
        Assert.Null(spawn.Failure);
        using var program = spawn.Program!;
        program.Release();
        return await program.WaitAsync(CancellationToken.None).WaitAsync(Eventually.Bound);
    }
}
