using Ledger.Cli.Rendering;
using Ledger.Cli.Shared;
using Ledger.Log;
using Ledger.Model;
using Ledger.Runtime;

namespace Ledger.Cli.Commands;

/// <summary>An operation and how alive its members look, at one moment.</summary>
internal sealed record Glance(OperationState State, bool IsArchived, IReadOnlyDictionary<string, Life> Lives)
{
    /// <summary>Looks once, or for a while.</summary>
    /// <exception cref="OperationNotFoundException">There is none of that id.</exception>
    public static async Task<Glance> TakeAsync(
        LedgerDirectory ledger, string operationId, TimeSpan? observe, CancellationToken cancellationToken)
    {
        var (state, isArchived) = Read(ledger, operationId);
        var liveness = new OneShotLiveness(ledger.Context);
        if (observe is { } duration && duration > TimeSpan.Zero && !state.IsTerminal)
        {
            var lives = await liveness.ObserveAsync(state, duration, cancellationToken);
            (state, isArchived) = Read(ledger, operationId);
            return new Glance(state, isArchived, lives);
        }
        return new Glance(state, isArchived, liveness.Look(state));
    }

    /// <summary>The contract's object.</summary>
    public string Json() => JsonLines.Object(w =>
    {
        StateJson.Write(w, State, LifeOf);
        w.Field("archived", IsArchived);
    });

    public OperationView View(DateTimeOffset now) => new(State, IsArchived, Lives, now);

    /// <summary>Who joined while it was looked at has not been judged.</summary>
    private Life LifeOf(string incarnation) => Lives.GetValueOrDefault(incarnation) ?? new Life(null, Judgement.Unseen);

    private static (OperationState State, bool IsArchived) Read(LedgerDirectory ledger, string operationId)
    {
        using var reader = new FoldReader(ledger.OpenLog(operationId));
        var state = reader.ReadToEnd();
        return (state, reader.Log.IsArchived);
    }
}
