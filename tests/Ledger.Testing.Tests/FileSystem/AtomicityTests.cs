using System.Globalization;

namespace Ledger.Testing.Tests.FileSystem;

public sealed class AtomicityTests
{
    private const int Threads = 4;
    private const int Rounds = 500;

    private readonly SimulatedFileSystem disk = new();

    [Fact]
    public void Of_many_threads_that_move_to_one_name_exactly_one_wins()
    {
        Assert.All(Race(round => (thread, name) =>
        {
            disk.File.WriteAllText($"/{thread}", name);
            disk.File.Move($"/{thread}", $"/target{round}", overwrite: false);
        }), winners => Assert.Single(winners));
    }

    [Fact]
    public void Of_many_threads_that_create_one_name_exactly_one_wins() =>
        Assert.All(
            Race(round => (_, _) => disk.File.Open($"/target{round}", FileMode.CreateNew).Dispose()),
            winners => Assert.Single(winners));

    [Fact]
    public void Of_many_threads_that_rename_a_directory_to_one_name_exactly_one_wins() =>
        Assert.All(
            Race(round => (thread, _) =>
            {
                disk.Directory.CreateDirectory($"/d{thread}");
                disk.Directory.Move($"/d{thread}", $"/target{round}");
            }),
            winners => Assert.Single(winners));

    [Fact]
    public void A_reader_sees_the_old_content_or_the_new_one_of_a_file_that_is_replaced()
    {
        disk.File.WriteAllText("/f", new string('0', 10_000));
        var writer = new Thread(() =>
        {
            for (var round = 1; round <= Rounds; round++)
            {
                disk.File.WriteAllText("/temp", new string((char)('0' + (round % 10)), 10_000));
                disk.File.Move("/temp", "/f", overwrite: true);
            }
        });
        writer.Start();
        do
        {
            var content = disk.File.ReadAllText("/f");
            Assert.Equal((10_000, 1), (content.Length, content.Distinct().Count()));
        }
        while (writer.IsAlive);
    }

    [Fact]
    public void Writes_of_many_threads_to_different_places_of_a_file_are_all_kept()
    {
        disk.File.WriteAllText("/f", "");
        Parallel.For(0, 200, slot =>
        {
            using var stream = disk.FileStream.Create("/f", FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            stream.Position = slot * 4;
            stream.Write(System.Text.Encoding.ASCII.GetBytes(slot.ToString("d4", CultureInfo.InvariantCulture)));
        });

        Assert.Equal(
            string.Concat(Enumerable.Range(0, 200).Select(slot => slot.ToString("d4", CultureInfo.InvariantCulture))),
            disk.File.ReadAllText("/f"));
    }

    /// <summary>Who succeeded, per round.</summary>
    private static List<string>[] Race(Func<int, Action<int, string>> contest)
    {
        var winners = Enumerable.Range(0, Rounds).Select(_ => new List<string>()).ToArray();
        using var barrier = new Barrier(Threads);
        var threads = Enumerable.Range(0, Threads).Select(thread => new Thread(() =>
        {
            var name = $"thread {thread}";
            for (var round = 0; round < Rounds; round++)
            {
                barrier.SignalAndWait(TimeSpan.FromSeconds(30));
                if (Succeeds(() => contest(round)(thread, name)))
                {
                    lock (winners)
                        winners[round].Add(name);
                }
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return winners;
    }

    private static bool Succeeds(Action attempt)
    {
        try
        {
            attempt();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
