using Ledger.CrashTests.Run;
using Ledger.Model;

namespace Ledger.CrashTests.Examples;

/// <summary>The examples do what their README says.</summary>
public sealed class ExampleTests : IDisposable
{
    private readonly ExampleRun run = new();

    public void Dispose() => run.Dispose();

    [LinuxFact]
    public async Task The_bridge_crash_goes_as_it_must()
    {
        var said = await run.SucceedAsync(ExampleRun.Program("BridgeCrash", "BridgeCrash"));

        Assert.Contains("VSCode      closes the editor", said, StringComparison.Ordinal);
        await run.NothingIsLeft();
    }

    [LinuxFact]
    public async Task Every_pattern_of_failure_notification_tells_success_from_crash()
    {
        var said = await run.SucceedAsync(ExampleRun.Program("FailureNotification", "FailureNotification"));

        Assert.Equal(6, said.Split("callee answers → answered").Length - 1);
        Assert.Equal(6, said.Split("callee crashes → crashed").Length - 1);
        await run.NothingIsLeft();
    }

    [LinuxFact]
    public async Task The_host_finishes_its_job_before_it_stops()
    {
        var path = Path.Combine(run.Path, "ledger");
        await run.SucceedAsync(ExampleRun.Program("Hosting", "HostingExample", "--Ledger:Path", path));

        var ledger = await LedgerDirectory.OpenAsync(new LedgerOptions { Path = path, Create = false });
        Assert.Equal(3, ledger.List().Count);
        Assert.All(ledger.List(), operation => Assert.Equal(OperationStatus.Completed, operation.Status));
        Assert.Empty(Directory.GetFiles(Path.Combine(path, "participants")));
        await run.NothingIsLeft("ledger");
    }

    [LinuxFact]
    public async Task The_rally_ends_without_one_warning()
    {
        var said = await run.SucceedAsync(ExampleRun.Program("Rally", "Rally"));

        Assert.Contains("4 workers came and went", said, StringComparison.Ordinal);
        Assert.Contains("0 warnings", said, StringComparison.Ordinal);
        Assert.DoesNotContain("alert: Supervisor", said, StringComparison.Ordinal);
        await run.NothingIsLeft();
    }

    [LinuxFact]
    public async Task The_worker_is_restarted_onto_the_port_it_held()
    {
        var said = await run.SucceedAsync(ExampleRun.Program("Restart", "Restart"), bound: TimeSpan.FromMinutes(3));

        Assert.Contains("serves on the same port", said, StringComparison.Ordinal);
        await run.NothingIsLeft();
    }

    [JqFact]
    public async Task The_shell_script_needs_nothing_but_the_command()
    {
        await run.SucceedAsync(
            ["bash", Path.Combine(ExampleRun.Folder, "ShellScript", "deploy.sh")],
            new() { ["LEDGER"] = string.Join(' ', OwnCommand.Words) });

        await run.NothingIsLeft();
    }
}
