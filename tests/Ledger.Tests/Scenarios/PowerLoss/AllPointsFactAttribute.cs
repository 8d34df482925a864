namespace Ledger.Tests.Scenarios.PowerLoss;

/// <summary>A fact that takes minutes: with <c>LEDGER_CRASH_POINTS=all</c> only.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class AllPointsFactAttribute : FactAttribute
{
    public AllPointsFactAttribute()
    {
        if (Environment.GetEnvironmentVariable("LEDGER_CRASH_POINTS") != "all") Skip = "takes minutes: needs LEDGER_CRASH_POINTS=all";
    }
}
