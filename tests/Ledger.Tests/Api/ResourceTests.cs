using Ledger.Model;
using Ledger.Tests.Scenarios;

namespace Ledger.Tests.Api;

public sealed class ResourceTests
{
    [Fact]
    public async Task What_was_registered_goes_with_a_crash_and_stays_at_a_normal_end()
    {
        var stage = await new Stage().SetAsync();
        var files = stage.Ledger.Files;
        var good = await stage.CallAsync("bridge", "good");
        var bad = await stage.CallAsync("bridge", "bad", null, new CallOptions { FailOnCrash = false });
        await good.RegisterPathAsync("/tmp/good", directory: false);
        await good.RegisterPathAsync("/tmp/scratch", directory: false, deleteAtEnd: true);
        await bad.RegisterPathAsync("/tmp/bad", directory: true);
        foreach (var path in new[] { "/tmp/good", "/tmp/scratch" }) await files.File.WriteAllTextAsync(path, "x");
        files.Directory.CreateDirectory("/tmp/bad/deep");
        await files.File.WriteAllTextAsync("/tmp/bad/deep/file", "x");

        await good.EndAsync();
        stage["bridge"].Crash();
        await stage.UntilAsync(s => s.Stack.IsEmpty);

        Assert.Equal(["/tmp/good"], files.Directory.GetFileSystemEntries("/tmp"));
        Assert.Empty(stage.Leftovers());
        Assert.Empty(stage.Now.LeftBehind);
    }

    [Fact]
    public async Task A_path_that_another_active_call_registered_too_is_reported_and_not_deleted()
    {
        var stage = await new Stage().SetAsync();
        var a = await stage.CallAsync("cli", "a");
        var b = await stage.CallAsync("bridge", "b", "a", new CallOptions { FailOnCrash = false });
        await a.RegisterPathAsync("/tmp/shared", directory: false);
        await b.RegisterPathAsync("/tmp/shared", directory: false);
        await stage.Ledger.Files.File.WriteAllTextAsync("/tmp/shared", "x");

        stage["bridge"].Crash();
        await stage.UntilAsync(s => s.Stack.Count == 1);

        var left = Assert.Single(stage.Now.LeftBehind);
        Assert.Equal(("b", "/tmp/shared", "call 'a' has registered it too"), (left.CallId, left.Resource.Path, left.Why));
        Assert.True(stage.Ledger.Files.File.Exists("/tmp/shared"));
    }

    [Fact]
    public async Task A_dead_host_takes_its_files_with_it_and_one_that_comes_back_does_not_matter()
    {
        var stage = await new Stage().SetAsync(oneHost: false);
        await stage.ChainAsync();
        stage["bridge"].Crash();
        await stage.UntilTerminalAsync();
        var left = Assert.Single(stage.Now.LeftBehind);
        Assert.Equal(("b", "it lies on host-of-bridge, out of reach from here"), (left.CallId, left.Why));
    }

    [Fact]
    public async Task Another_participant_of_the_same_place_cleans_up_although_others_are_first_in_line()
    {
        var stage = await new Stage().SetAsync(oneHost: false);
        await stage.StartAsync("neighbour", "host-of-bridge");
        await stage.JoinAsync("neighbour");
        await stage.ChainAsync();
        stage["bridge"].Crash();
        await stage.UntilTerminalAsync();
        Assert.Empty(stage.Now.LeftBehind);
        Assert.Empty(stage.Leftovers());
        var cleaned = (await stage.HistoryAsync()).Single(c => c.Outcome.Accepted && c.Entry.Data is FrameCleanedUp);
        Assert.Equal("neighbour", cleaned.Entry.ParticipantId);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/ledger")]
    [InlineData("/ledger/operations/op.log")]
    public async Task What_could_never_be_deleted_safely_cannot_be_registered(string path)
    {
        var stage = await new Stage().SetAsync();
        var a = await stage.CallAsync("cli", "a");
        await Assert.ThrowsAsync<ArgumentException>(() => a.RegisterPathAsync(path, directory: true, allowExisting: true).AsTask());
    }

    [Fact]
    public async Task An_existing_path_is_registered_only_on_demand_and_a_released_one_stays()
    {
        var stage = await new Stage().SetAsync();
        var a = await stage.CallAsync("cli", "a", null, new CallOptions { FailOnCrash = false });
        await stage.Ledger.Files.File.WriteAllTextAsync("/tmp/old", "x");
        await Assert.ThrowsAsync<ArgumentException>(() => a.RegisterPathAsync("/tmp/old", directory: false).AsTask());
        await a.RegisterPathAsync("/tmp/old", directory: false, allowExisting: true);
        await a.ReleaseAsync("/tmp/old");
        await a.FailAsync("oh");
        Assert.True(stage.Ledger.Files.File.Exists("/tmp/old"));
    }

    [Fact]
    public async Task A_deletion_that_fails_is_recorded_as_left_behind()
    {
        var stage = await new Stage().SetAsync();
        var b = await stage.CallAsync("bridge", "b", null, new CallOptions { FailOnCrash = false });
        await b.RegisterPathAsync("/tmp/stuck", directory: false);
        await stage.Ledger.Files.File.WriteAllTextAsync("/tmp/stuck", "x");
        foreach (var p in stage.Ledger.Participants)
        {
            p.Files.Fault = call => call.Path == "/tmp/stuck" && call.Kind == Testing.FileCallKind.Move
                ? Testing.FileFault.PermissionDenied : null;
        }
        stage["bridge"].Crash();
        await stage.UntilAsync(s => s.Stack.IsEmpty);
        Assert.Equal("/tmp/stuck", Assert.Single(stage.Now.LeftBehind).Resource.Path);
    }

    [Fact]
    public async Task An_archiver_that_dies_behind_the_move_leaves_nothing_for_ever()
    {
        var stage = await new Stage().SetAsync();
        await stage.By("cli").CompleteAsync();
        stage.Ledger.Advance(TimeSpan.FromSeconds(1));
        stage["bridge"].Crash();
        stage["editor"].Crash();
        stage["cli"].Files.Fault = call => call.Kind == Testing.FileCallKind.Move && call.Target == "/ledger/backup/op/log"
            ? Testing.FileFault.CrashAfter : null;
        await stage.Ledger.RunUntilAsync(() => stage["cli"].IsCrashed);
        Assert.True(stage.Ledger.Files.File.Exists("/ledger/operations/op.json"));

        await stage.StartAsync("newcomer");
        stage.Ledger.Advance(TimeSpan.FromSeconds(20));

        Assert.True(stage.Ledger.Files.File.Exists("/ledger/backup/op/operation.json"));
        Assert.Empty(stage.Ledger.Files.Directory.GetFileSystemEntries("/ledger/operations"));
        Assert.Single(stage.Ledger.Files.Directory.GetFiles("/ledger/participants"));
    }
}
