using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Platform;
using Ledger.Platform.Programs;

namespace Ledger.Hosting.Tests.Supervision;

/// <summary>What the modes coupled and independent promise, on every host.</summary>
public abstract class OwnedModeContract : IDisposable
{
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(5);

    private protected abstract SupervisorMode Mode { get; }

    private protected abstract ProgramBench Bench { get; }

    public void Dispose()
    {
        Bench.Dispose();
        GC.SuppressFinalize(this);
    }

    [HostFact]
    public async Task A_program_begins_when_it_is_released_and_keeps_its_identity()
    {
        var program = Bench.Spawn(Mode, Kind.Family);
        Assert.Equal([program.Identity.Pid], Bench.Members(program.Identity.Pgid));
        Assert.Equal(ProcessState.Running, Bench.Host.Look(program.Identity.Process));

        program.Release();
        program.Release();
        await Bench.Until(() => Bench.HasBegun(program.Identity.Pgid, Kind.Family), "the program");

        Assert.Equal(3, Bench.Members(program.Identity.Pgid).Count);
        Assert.Equal(ProcessState.Running, Bench.Host.Look(program.Identity.Process));
        Assert.Equal((Mode, Bench.Owner), (program.Identity.Mode, program.Identity.Owner));
    }

    [HostFact]
    public async Task A_discarded_program_leaves_nobody()
    {
        var program = Bench.Spawn(Mode, Kind.Family);

        program.Discard();
        program.Release();

        await Bench.Until(() => Bench.Members(program.Identity.Pgid).Count == 0, "the end");
        Assert.NotEqual(0, await program.WaitAsync(CancellationToken.None));
    }

    [HostFact]
    public void What_cannot_be_started_is_told_by_step_and_leaves_nobody()
    {
        Assert.Equal(SpawnStep.CommandMissing, Fail(Bench.Start(Mode, ProgramBench.Missing)));
        Assert.Equal(SpawnStep.CommandNotExecutable, Fail(Bench.Start(Mode, Bench.NotExecutable)));
        Assert.Equal(SpawnStep.Words, Fail(Bench.Start(Mode)));
        var elsewhere = Bench.Start(Mode, Bench.Words(Kind.Obedient)) with { WorkingDirectory = Bench.MissingDirectory };
        Assert.Equal(SpawnStep.WorkingDirectory, Fail(elsewhere));
        Assert.Empty(Bench.Host.Find(Bench.Owner.LedgerPath, Bench.Owner.Group));

        SpawnStep? Fail(ProgramStart start)
        {
            var spawn = Bench.Control.Spawn(start);
            Assert.Null(spawn.Program);
            Assert.NotEmpty(spawn.Failure!.Reason);
            return spawn.Failure.Step;
        }
    }

    [HostFact]
    public async Task A_group_ends_by_TERM_and_by_KILL_if_it_must()
    {
        var family = await Bench.Running(Mode, Kind.Family);
        var stubborn = await Bench.Running(Mode, Kind.Stubborn);

        var ended = await Bench.Run(() => Bench.Control.EndAsync(family.Identity, ProgramBench.Long, default));
        var killed = await Bench.Run(() => Bench.Control.EndAsync(stubborn.Identity, ProgramBench.Short, default));

        Assert.Equal((GroupEnd.Ended, true), (ended.Group!.End, ended.IsGone));
        Assert.Equal((GroupEnd.Killed, true), (killed.Group!.End, killed.IsGone));
        Assert.Empty(Bench.Members(family.Identity.Pgid));
        Assert.Empty(Bench.Members(stubborn.Identity.Pgid));
    }

    [HostFact]
    public async Task Who_got_the_number_later_is_never_signalled_and_stands_in_nobody_s_way()
    {
        var innocent = await Bench.Running(Mode, Kind.Obedient);
        var old = innocent.Identity with { Process = innocent.Identity.Process with { StartToken = "1" } };
        old = old with { Owner = old.Owner with { RunId = "run-0" } };

        var report = await Bench.Run(() => Bench.StrangersControl.ReleaseAsync(Soon(old), default));

        Assert.Empty(report.Held);
        Assert.Single(Bench.Members(innocent.Identity.Pgid));
    }

    [HostFact]
    public async Task Once_the_leader_is_gone_members_are_proven_by_their_marks()
    {
        var program = await Bench.Running(Mode, Kind.Family);
        Bench.Kill(program.Identity.Pid);
        await program.WaitAsync(CancellationToken.None);
        await Bench.Until(() => Bench.Members(program.Identity.Pgid).Count == 2, "the rest");
        var foreign = program.Identity with { Owner = program.Identity.Owner with { Group = "other" } };

        var other = await Bench.Run(() => Bench.StrangersControl.EndAsync(foreign, ProgramBench.Short, default));
        Assert.Equal((GroupEnd.Unproven, false), (other.Group!.End, other.IsGone));
        Assert.Equal(2, Bench.Members(program.Identity.Pgid).Count);

        var end = await Bench.Run(() => Bench.StrangersControl.EndAsync(program.Identity, ProgramBench.Long, default));
        Assert.Equal(GroupEnd.Ended, end.Group!.End);
        Assert.Empty(Bench.Members(program.Identity.Pgid));
    }

    [HostFact]
    public async Task A_member_without_marks_is_left_alone_and_named_as_held()
    {
        var program = await Bench.Running(Mode, Kind.Forgetful);
        Bench.Kill(program.Identity.Pid);
        await program.WaitAsync(CancellationToken.None);
        await Bench.Until(() => Bench.Members(program.Identity.Pgid).Count == 1, "the rest");
        var rest = Bench.Members(program.Identity.Pgid)[0];

        var report = await Bench.Run(() => Bench.StrangersControl.ReleaseAsync(Soon(program.Identity), default));

        Assert.Contains($"group {program.Identity.Pgid}: process {rest} ", Assert.Single(report.Held), StringComparison.Ordinal);
        Assert.Equal([rest], Bench.Members(program.Identity.Pgid));
    }

    [HostFact]
    public async Task A_program_of_another_boot_is_out_of_reach()
    {
        var program = await Bench.Running(Mode, Kind.Obedient);
        var elsewhere = program.Identity with { Process = program.Identity.Process with { BootId = "other", Host = "moon" } };

        var end = await Bench.Run(() => Bench.Control.EndAsync(elsewhere, ProgramBench.Short, default));

        Assert.Contains("moon", end.Refusal, StringComparison.Ordinal);
        Assert.Single(Bench.Members(program.Identity.Pgid));
    }

    [HostFact]
    public async Task A_release_ends_the_old_program_and_waits_for_its_ports()
    {
        var program = await Bench.Running(Mode, Kind.Stubborn);
        var (port, holder, hold) = Bench.HoldPort();
        var request = Soon(program.Identity) with { Ports = [port] };

        var held = await Bench.Run(() => Bench.StrangersControl.ReleaseAsync(request, default));
        Assert.Equal([$"port {port} held by {holder}"], held.Held);
        Assert.Empty(Bench.Members(program.Identity.Pgid));

        hold.Dispose();
        Assert.True((await Bench.Run(() => Bench.StrangersControl.ReleaseAsync(request, default))).IsReleased);
    }

    [HostFact]
    public async Task Orphans_are_ended_and_nobody_else()
    {
        var program = await Bench.Running(Mode, Kind.Family);
        Bench.KillLifeline(program.Identity.Pgid);
        await Bench.Until(() => Bench.Stranger.Find(Bench.Owner.LedgerPath, Bench.Owner.Group) is { Count: 3 } found
            && found.All(each => !each.HasLifeline && each.Mode == Mode && each.Owner == Bench.Owner), "three without lifeline");

        Assert.Empty((await Sweep(Bench.Owner.LedgerPath, Bench.Owner.Group, isOwned: true)).Found);
        Assert.Empty((await Sweep(Bench.Owner.LedgerPath + "2", Bench.Owner.Group, isOwned: false)).Found);
        Assert.Empty((await Sweep(Bench.Owner.LedgerPath, "other", isOwned: false)).Found);
        Assert.Equal(3, Bench.Members(program.Identity.Pgid).Count);

        var report = await Sweep(Bench.Owner.LedgerPath, Bench.Owner.Group, isOwned: false);
        Assert.Equal((3, 3, 0), (report.Found.Count, report.Ended, report.Remaining.Count));
        Assert.Empty(Bench.Members(program.Identity.Pgid));

        Task<OrphanReport> Sweep(string path, string group, bool isOwned) => Bench.Run(() =>
            new OrphanSweep(Bench.Stranger, Bench.Time, path, group).SweepAsync(_ => isOwned, ProgramBench.Long, default));
    }

    [HostFact]
    public async Task When_the_owner_is_killed_coupled_programs_end_and_independent_ones_live_on()
    {
        using var owned = await Bench.StartByAnother(Mode, Kind.Family, release: true);
        using var stubborn = await Bench.StartByAnother(Mode, Kind.Stubborn, release: true);

        owned.KillOwner();
        stubborn.KillOwner();

        if (Mode == SupervisorMode.Coupled)
        {
            await Bench.Until(() => Bench.Members(owned.Program.Pgid).Count == 0, "the family's end", Promised);
            await Bench.Until(() => Bench.Members(stubborn.Program.Pgid).Count == 0, "the stubborn one's end", Promised);
            return;
        }

        Assert.Equal(3, Bench.Members(owned.Program.Pgid).Count);
        foreach (var each in new[] { owned, stubborn })
        {
            var end = await Bench.Run(() => Bench.StrangersControl.EndAsync(each.Program, ProgramBench.Short, default));
            Assert.True(end.IsGone);
            Assert.Empty(Bench.Members(each.Program.Pgid));
        }
    }

    [HostFact]
    public async Task When_the_owner_is_killed_before_the_release_the_program_never_begins()
    {
        using var owned = await Bench.StartByAnother(Mode, Kind.Family, release: false);

        owned.KillOwner();

        await Bench.Until(() => Bench.Members(owned.Program.Pgid).Count == 0, "the end of the gate", Promised);
    }

    private static ReleaseRequest Soon(HostedProgram old) =>
        new() { Old = old, Grace = ProgramBench.Short, Bound = ProgramBench.Short };
}
