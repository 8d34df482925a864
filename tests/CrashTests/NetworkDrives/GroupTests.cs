using Ledger.Groups;
using Ledger.Model.Groups;
using Xunit.Abstractions;

namespace Ledger.CrashTests.NetworkDrives;

/// <summary>A group over two mounts of one network drive, whose members' processes know nothing of each other but
/// heartbeats.</summary>
[Collection(DriveTests.Name)]
public sealed class GroupTests(SharedDrive shared, ITestOutputHelper output)
{
    private const int A = 0, B = 1;

    private const string Group = "g";

    /// <summary>For everything that takes time besides waiting: reading over the drive, on a busy machine.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(6);

    private Ground Ground => Ground.On(shared.Drive!) with { SeparateHosts = true };

    [NeedsFact(Requirement.NetworkDrive)]
    public async Task When_the_orchestrator_behind_one_mount_is_killed_a_member_behind_the_other_takes_over()
    {
        await using var l = await RealLedger.CreateAsync(ground: Ground);
        var first = await JoinAsync(l, "first", A);
        await first.HearAsync($"orchestrator {first.Incarnation} 1 running");
        var (second, third) = (await JoinAsync(l, "second", B), await JoinAsync(l, "third", B));
        Assert.Equal("c1 done 1", await first.DoAsync("send second 1 c1"));

        first.Kill();
        var killedAt = TimeProvider.System.GetTimestamp();
        // The elder one, unless it is so slow that the other's turn has come.
        string[] either = [$"orchestrator {second.Incarnation} 2 running", $"orchestrator {third.Incarnation} 2 running"];
        var successor = await second.HearAsync(either);
        var took = TimeProvider.System.GetElapsedTime(killedAt);
        output.WriteLine($"taken over after {took.TotalSeconds:0.00} s: {successor}");
        var manifest = l.Directory.Manifest;
        var most = TimeSpan.FromMilliseconds(manifest.StalenessThresholdMs + (2 * manifest.HeartbeatIntervalMs)) + Slack;
        Assert.True(took <= most, $"the takeover took {took}, over {most}");
        await third.HearAsync(successor);

        var fourth = await JoinAsync(l, "fourth", A);
        Assert.Equal("c2 done 2", await fourth.DoAsync("send second 2 c2"));
        // Asked again it is answered again, and not executed again.
        Assert.Equal("c2 done 2", await fourth.DoAsync("send second 3 c2"));
        Assert.Equal("c3 refused gone", await second.DoAsync("send first 4 c3"));
        Assert.Equal(["executes c1", "executes c2"],
            second.Rest().Where(line => line.StartsWith("executes", StringComparison.Ordinal)));

        var (throughA, throughB) = (await ChangesAsync(l, A), await ChangesAsync(l, B));
        Assert.Equal(throughA.Select(Told), throughB.Select(Told));
        Assert.Equal(
            [
                (first.Incarnation, GroupMemberStatus.Joined, null), (second.Incarnation, GroupMemberStatus.Joined, null),
                (third.Incarnation, GroupMemberStatus.Joined, null), (first.Incarnation, GroupMemberStatus.Left, DepartureReason.Crashed),
                (fourth.Incarnation, GroupMemberStatus.Joined, null),
            ],
            throughA.SelectMany(c => c.Outcome!.Events).OfType<MembershipChanged>()
                .Select(m => (m.Incarnation, m.Status, (DepartureReason?)m.Departure)));
        GroupCheck.RequireClean(await l.OpenAsync(B));
    }

    private static async Task<WorkerProcess> JoinAsync(RealLedger l, string id, int way)
    {
        var worker = await l.StartAsync(id, way: way);
        await worker.DoAsync($"group {Group}");
        return worker;
    }

    private static async Task<List<GroupChange>> ChangesAsync(RealLedger l, int way)
    {
        var all = new List<GroupChange>();
        await foreach (var change in (await l.OpenAsync(way)).GroupChanges(Group, follow: false)) all.Add(change);
        return all;
    }

    private static string Told(GroupChange c) =>
        $"{c.Position} {c.Type} {c.Incarnation} {c.Outcome!.Rejection} {string.Join(',', c.Outcome.Events)}";
}
