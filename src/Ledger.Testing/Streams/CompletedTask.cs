namespace Ledger.Testing;

/// <summary>Runs a step at once and presents it as a task, so that the order of steps is that of the calls.</summary>
internal static class CompletedTask
{
    public static Task Of(Action step, CancellationToken cancellationToken) => Of(
        () =>
        {
            step();
            return true;
        },
        cancellationToken);

    public static Task<T> Of<T>(Func<T> step, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<T>(cancellationToken);
#pragma warning disable CA1031 // A task carries whatever was thrown.
        try
        {
            return Task.FromResult(step());
        }
        catch (Exception error)
        {
            return Task.FromException<T>(error);
        }
#pragma warning restore CA1031
    }
}
