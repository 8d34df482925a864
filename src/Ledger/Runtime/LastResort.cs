using Microsoft.Extensions.Logging;

namespace Ledger.Runtime;

/// <summary>The last place that sees a failure: it is logged, and what it happened in goes on. A loop that stopped would
/// make a participant look dead, or blind.</summary>
internal static class LastResort
{
    public static void Guard(ILogger log, string where, Action action)
    {
        try
        {
            action();
        }
#pragma warning disable CA1031 // there is nobody above to tell
        catch (Exception e)
#pragma warning restore CA1031
        {
            Messages.Unexpected(log, where, e);
        }
    }

    public static async Task GuardAsync(ILogger log, Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // there is nobody above to tell
        catch (Exception e)
#pragma warning restore CA1031
        {
            Messages.Unexpected(log, "a background task", e);
        }
    }
}
