using System.Diagnostics;
using System.Globalization;
using Ledger.Cli.Shared;
using Ledger.Model;

namespace Ledger.Cli.Doctor;

/// <summary>The second process, as the first one sees it: <see cref="DoctorHelperCommand"/>. It ends when its standard input
/// does.</summary>
internal sealed class DoctorHelper : IAsyncDisposable
{
    private static readonly TimeSpan EndsAtOnce = TimeSpan.FromSeconds(5);

    private readonly Process process;

    private DoctorHelper(Process process) => this.process = process;

    public static DoctorHelper Start(string directory) => new(OwnProgram.Start([DoctorHelperCommand.Name, "--in", directory]));

    /// <summary>Races for names; which ones it won.</summary>
    public async Task<bool[]> RaceAsync(Race race, CancellationToken cancellationToken) =>
        [.. (await AskAsync(cancellationToken, "race", race.Rounds, race.Schedule.Start, race.Schedule.Step)).Select(c => c == '1')];

    public Task AppendAsync(Appending run, CancellationToken cancellationToken) =>
        AskAsync(cancellationToken, "append", run.Count, run.Schedule.Start);

    /// <summary>Looks until it sees what <paramref name="change"/>, done once it looks, brings. When, on the machine's
    /// monotonic clock; null when that took too long.</summary>
    public async Task<long?> SeesAsync(Sighting sighting, string name, Action? change, CancellationToken cancellationToken, string? content = null)
    {
        await AskAsync(cancellationToken, "look", (int)sighting, name, content ?? "-");
        change?.Invoke();
        var seen = await ReadAsync(cancellationToken);
        return seen == "-" ? null : long.Parse(seen, CultureInfo.InvariantCulture);
    }

    /// <summary>Makes a file.</summary>
    public Task MakeAsync(string name, CancellationToken cancellationToken) => AskAsync(cancellationToken, "make", name);

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync().WaitAsync(EndsAtOnce);
        }
        catch (TimeoutException)
        {
            process.Kill();
        }
        process.Dispose();
    }

    private async Task<string> AskAsync(CancellationToken cancellationToken, params object[] words)
    {
        var line = string.Join(' ', words.Select(w => Convert.ToString(w, CultureInfo.InvariantCulture)));
        await process.StandardInput.WriteLineAsync(line.AsMemory(), cancellationToken);
        await process.StandardInput.FlushAsync(cancellationToken);
        return await ReadAsync(cancellationToken);
    }

    private async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        var answer = await process.StandardOutput.ReadLineAsync(cancellationToken)
            ?? throw new LedgerException("The second process of the examination ended.");
        return answer.StartsWith("error ", StringComparison.Ordinal) ? throw new LedgerException(answer["error ".Length..]) : answer;
    }
}
