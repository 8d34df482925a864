using Ledger.Platform;

namespace Ledger.Tests.Platform;

public sealed class DirectoryWatchesTests : IDisposable
{
    private readonly SteppedTime _time = new();
    private readonly List<string?> _told = [];
    private readonly string _directory = Directory.CreateTempSubdirectory("ledger-watches-").FullName;
    private readonly DirectoryWatches _watches;

    public DirectoryWatchesTests()
    {
        _watches = new DirectoryWatches(Libc.CreateInotify(), action => action(), _time);
        _watches.Add(_directory, _told.Add);
    }

    public void Dispose()
    {
        _watches.Close();
        Directory.Delete(_directory, recursive: true);
    }

    [LinuxFact]
    public void Changes_far_apart_are_read_without_a_pause()
    {
        ChangeAndRead(afterMs: 100);
        Assert.Equal(0, _watches.PauseLeftMs);
        ChangeAndRead(afterMs: 3);
        Assert.Equal(0, _watches.PauseLeftMs);
    }

    [LinuxFact]
    public void Changes_that_follow_each_other_closely_are_left_to_gather_for_a_millisecond()
    {
        ChangeAndRead(afterMs: 100);
        ChangeAndRead(afterMs: 1);
        Assert.Equal(1, _watches.PauseLeftMs);

        _time.Step(1);
        Assert.Equal(0, _watches.PauseLeftMs);
        ChangeAndRead(afterMs: 0);
        Assert.Equal(1, _watches.PauseLeftMs);
    }

    [LinuxFact]
    public void In_a_flood_that_lasts_they_are_left_to_gather_for_longer_until_it_ends()
    {
        ChangeAndRead(afterMs: 100);
        for (var i = 0; i < 20; i++) ChangeAndRead(afterMs: 1);
        Assert.Equal(4, _watches.PauseLeftMs);
        _time.Step(3);
        Assert.Equal(1, _watches.PauseLeftMs);

        ChangeAndRead(afterMs: 2);
        Assert.Equal(4, _watches.PauseLeftMs);
        ChangeAndRead(afterMs: 6);
        Assert.Equal(0, _watches.PauseLeftMs);
    }

    [LinuxFact]
    public void A_name_is_told_once_a_batch()
    {
        for (var round = 0; round < 3; round++)
        {
            File.AppendAllText(Path.Combine(_directory, "a"), "x");
            File.AppendAllText(Path.Combine(_directory, "b"), "x");
        }

        _watches.ReadBatch();

        Assert.Equal(["a", "b"], _told);
    }

    private void ChangeAndRead(int afterMs)
    {
        _time.Step(afterMs);
        File.AppendAllText(Path.Combine(_directory, "a"), "x");
        _watches.ReadBatch();
    }

    private sealed class SteppedTime : TimeProvider
    {
        private long _now = TimeSpan.TicksPerHour;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Step(int milliseconds) => _now += milliseconds * TimeSpan.TicksPerMillisecond;
    }
}
