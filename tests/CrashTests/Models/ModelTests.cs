using Ledger.CrashTests.Examples;
using Ledger.CrashTests.Run;

namespace Ledger.CrashTests.Models;

/// <summary>The models of the protocols hold, and find each fault that is put into them.</summary>
public sealed class ModelTests : IDisposable
{
    /// <summary>It takes a minute on two cores that have nothing else to do. This is against a hang.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(15);

    private readonly ExampleRun run = new();

    public void Dispose() => run.Dispose();

    [SpinFact]
    public async Task Each_model_holds_and_each_mutant_is_found()
    {
        var script = Path.Combine(Path.GetDirectoryName(ExampleRun.Folder)!, "models", "check");

        var said = await run.SucceedAsync(["bash", script], bound: Bound);

        Assert.Contains(" 0 not as expected", said, StringComparison.Ordinal);
        await run.NothingIsLeft();
    }
}
