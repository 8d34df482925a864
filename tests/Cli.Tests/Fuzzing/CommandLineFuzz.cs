using System.CommandLine;
using System.Text;
using Ledger.Cli.Run;
using Ledger.Cli.Shared;
using Ledger.Testing.Simulation;
using Ledger.Tests.Fuzzing;
using Xunit.Abstractions;

namespace Ledger.Cli.Tests.Fuzzing;

/// <summary>Command lines and variables that nobody means. What would start programs, or wait for others, is only
/// parsed.</summary>
public sealed class CommandLineFuzz(ITestOutputHelper output)
{
    private static readonly int[] Documented =
        [ExitCodes.Done, ExitCodes.No, ExitCodes.Usage, ExitCodes.Storage, ExitCodes.NoSuchOperation, ExitCodes.TimedOut];

    private static readonly ParserConfiguration AsTheProgram = new() { ResponseFileTokenReplacer = null };

    private static readonly string[] Executed = ["ls", "show", "log", "verify", "abort", "wait"];

    private static readonly string[] Words =
    [
        .. Executed, "run", "gc", "demo", "bench", "watch", "progress", "--json", "--help", "--version", "--ledger", "/dev/null", "--",
        "done", "none", "--operation", "--create", "--name", "--call", "--caller", "--temp", "--grace", "--watchdog", "--contain",
        "--cleanup-timeout", "--complete-timeout", "--status-fd", "--on-isolated", "--supervisor", "--handle", "--on-cleanup",
        "stop", "-1", "3", "5s", "1e3s", "500ms", "0.5m", "999999999999h", "24h", "ms", "s", "", " ", "a b", "../x", "CON", "é", "@file", "--for",
        "terminal", "completed", "--timeout", "--reason", "-f", "--follow", "true", "x",
    ];

    private static readonly byte[][] Corpus = [.. Words.Select(Encoding.UTF8.GetBytes)];

    [Fact]
    public async Task Every_command_line_ends_with_a_documented_code_and_a_wrong_one_touches_nothing()
    {
        using var temp = new TempLedger();
        var ledger = Path.Combine(temp.Path, "ledger");
        await using (var participant = await (await LedgerDirectory.OpenAsync(new LedgerOptions { Path = ledger })).JoinAsync("cli"))
        await using (var operation = await participant.CreateOperationAsync("done")) await operation.CompleteAsync();
        string Files() => string.Join('\n', Directory.EnumerateFileSystemEntries(temp.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal));
        var seen = new HashSet<int>();
        var (standard, error) = (Console.Out, Console.Error);
        try
        {
            Console.SetOut(TextWriter.Null);
            Console.SetError(TextWriter.Null);
            await new Campaign(output).RunAsync(200, lottery =>
            {
                // The last option of a name is one too many: none of these gets at another ledger.
                string[] args = ["--ledger", lottery.Below(4) == 0 ? Path.Combine(temp.Path, "missing") : ledger, .. Line(lottery)];
                var parsed = CommandLine.Create().Parse(args, AsTheProgram);
                var verb = parsed.CommandResult.Command.Name;
                if (parsed.Errors.Count == 0 && (!Executed.Contains(verb) || args.Contains("--observe"))) return;
                var before = Files();
                using var said = new StringWriter();
                var code = CommandLine.RunAsync(args, said, said).GetAwaiter().GetResult();
                Assert.True(Documented.Contains(code), $"{code} for: {string.Join('|', args)}");
                seen.Add(code);
                Assert.False(Directory.Exists(Path.Combine(temp.Path, "missing")));
                if (code == ExitCodes.Usage) Assert.Equal(before, Files());
            });
        }
        finally
        {
            Console.SetOut(standard);
            Console.SetError(error);
        }
        output.WriteLine($"exit codes {string.Join(", ", seen.Order())}");
        if (!Campaign.IsReplay) Assert.Superset(new HashSet<int> { ExitCodes.Done, ExitCodes.Usage, ExitCodes.Storage, ExitCodes.NoSuchOperation }, seen);
    }

    [Fact]
    public async Task What_run_is_asked_is_a_request_within_its_bounds_or_refused()
    {
        var (read, refused) = (0, 0);
        await new Campaign(output).RunAsync(1_000, lottery => Request(lottery, ref read, ref refused));
        output.WriteLine($"{read} were read, {refused} of them refused");
        Assert.True(Campaign.IsReplay || (refused > 0 && read > refused), "too few were read, or none was refused");
    }

    private static void Request(Lottery lottery, ref int read, ref int refused)
    {
        var options = new RunOptions();
        var command = new Command("run") { CommonOptions.Ledger };
        options.AddTo(command);
        var parsed = command.Parse([.. Enumerable.Range(0, lottery.Below(4)).SelectMany(_ => OptionOfRun(lottery)), "--", "x"], AsTheProgram);
        if (parsed.Errors.Count > 0) return;
        try
        {
            read++;
            var request = options.Read(parsed, name => lottery.Below(3) == 0 ? null : Word(lottery), TimeProvider.System);
            Assert.InRange(request.CleanupBound, TimeSpan.Zero, TimeSpan.FromHours(24));
            Assert.InRange(request.Watchdog ?? TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(100), Durations.Longest);
            Assert.True(Path.IsPathRooted(request.LedgerPath));
            foreach (var id in new[] { request.OperationId, request.CallId, request.CallerId, request.Name, request.SupervisorId })
                Assert.True(id is null || Model.Identifier.IsValid(id));
        }
        catch (ArgumentException e)
        {
            Assert.NotEmpty(e.Message);
            refused++;
        }
    }

    [Fact]
    public Task A_duration_is_refused_with_a_reason_or_within_its_bounds() => new Campaign(output).RunAsync(5_000, lottery =>
    {
        var text = Word(lottery);
        var (duration, fault, isOne) = (TimeSpan.Zero, "", false);
        Campaign.Bounded(text.Length, () => isOne = Durations.TryParse(text, out duration, out fault));
        if (isOne) Assert.InRange(duration, TimeSpan.Zero, Durations.Longest);
        else Assert.NotEmpty(fault);
    });

    /// <summary>An option of <c>run</c>, most often with a value that may be one of its own.</summary>
    private static string[] OptionOfRun(Lottery lottery)
    {
        var name = Words[lottery.Below(Words.Length)];
        return lottery.Below(8) == 0 || name is "--create" or "--contain" ? [name] : [name, Word(lottery)];
    }

    private static string[] Line(Lottery lottery) =>
        [Executed[lottery.Below(Executed.Length)], .. Enumerable.Range(0, lottery.Below(6)).Select(_ => Word(lottery))];

    /// <summary>A word that is known, or one that was.</summary>
    private static string Word(Lottery lottery)
    {
        var word = Corpus[lottery.Below(Corpus.Length)];
        if (lottery.Below(3) == 0) word = new Mutator(lottery).Mutate(word, Corpus);
        // No process can be given a NUL.
        return Encoding.UTF8.GetString(word).Replace("\0", "", StringComparison.Ordinal);
    }
}
