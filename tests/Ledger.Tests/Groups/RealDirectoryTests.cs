using Ledger.Groups;
using Ledger.Model.Groups;

namespace Ledger.Tests.Groups;

/// <summary>On a real directory, with threads and the system's clock.</summary>
public sealed class RealDirectoryTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("ledger-group-");

    public void Dispose() => directory.Delete(recursive: true);

    [Theory]
    [InlineData(LogKind.Append)]
    [InlineData(LogKind.Chain)]
    public async Task A_group_elects_commands_seals_and_hands_over(LogKind kind)
    {
        var ledger = await LedgerDirectory.OpenAsync(new LedgerOptions { Path = directory.FullName, Log = kind });
        await using var a = await ledger.JoinAsync("a");
        await using var b = await ledger.JoinAsync("b");
        var options = new GroupOptions { CanOrchestrate = true, Segments = new(20, long.MaxValue) };
        var first = await a.JoinGroupAsync(options: options);
        await first.WaitUntilAsync(s => s.Acting == a.Incarnation).WaitAsync(Bound);
        var second = await b.JoinGroupAsync(options: options);
        second.HandleCommands((c, _) => Task.FromResult(c.Arguments));
        await second.WaitUntilAsync(s => s.Acting == a.Incarnation).WaitAsync(Bound);
        for (var i = 0; i < 20; i++)
        {
            var result = await first.SendAsync("b", "echo", $"{i}", Bound).WaitAsync(Bound);
            Assert.Equal((CommandStatus.Done, $"{i}"), (result.Status, result.Answer));
        }
        await a.DisposeAsync();
        var state = await second.WaitUntilAsync(s => s.Acting == b.Incarnation).WaitAsync(Bound);
        Assert.Equal(2, state.Term);
        Assert.True(state.Segment > 1);
        var positions = new List<long>();
        await foreach (var change in ledger.GroupChanges(LedgerGroup.DefaultId, follow: false)) positions.Add(change.Position);
        Assert.Equal(Enumerable.Range(0, positions.Count).Select(i => positions[0] + i), positions);
        await second.WaitUntilAsync(_ => File.Exists(Path.Combine(directory.FullName, "default.orchestrator.json"))).WaitAsync(Bound);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite,
                File.GetUnixFileMode(Path.Combine(directory.FullName, "default.supervisors.json")));
        }
    }
}
