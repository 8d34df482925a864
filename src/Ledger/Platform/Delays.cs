namespace Ledger.Platform;

/// <summary>Waiting on an injected clock.</summary>
internal static class Delays
{
    /// <summary>As <c>Task.Delay</c>, which goes on on the thread pool when it is cancelled: here whoever waits goes on with
    /// the one that cancels, as everything does under a stepped clock.</summary>
    public static Task Delay(this TimeProvider time, TimeSpan delay, CancellationToken cancellationToken) =>
        ReferenceEquals(time, TimeProvider.System)
            ? Task.Delay(delay, time, cancellationToken)
            : Task.Delay(delay, time, CancellationToken.None).WaitAsync(cancellationToken);
}
