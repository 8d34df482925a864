using System.Net;
using System.Net.Http.Headers;
using System.Threading.Channels;

namespace Ledger.Hosting.Supervision.Alerts;

/// <summary>How alerts are posted.</summary>
internal sealed record AlertWebhookOptions
{
    /// <summary>Where to; http or https.</summary>
    public required Uri Address { get; init; }

    /// <summary>How long one attempt may take. Default: 10 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The pauses before further attempts; as many as there are. Default: 1, 5 and 30 s.</summary>
    public IReadOnlyList<TimeSpan> Backoff { get; init; } =
        [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30)];

    /// <summary>How many alerts wait; one more is lost. Default: 256.</summary>
    public int MostWaiting { get; init; } = 256;

    /// <summary>How long disposing waits for those that wait. Default: 5 s.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>Posts alerts as JSON, one after another. Never keeps the supervisor waiting; what cannot be delivered is told to
/// <c>onLost</c>. At least once: a receiver that answered too late gets an alert again. Thread-safe.</summary>
internal sealed class AlertWebhook : IAsyncDisposable
{
    private readonly AlertWebhookOptions _options;
    private readonly TimeProvider _time;
    private readonly Action<Alert, string> _onLost;
    private readonly HttpClient _client;
    private readonly Channel<Alert> _waiting;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _worker;
    private int _disposed;

    /// <summary>Begins at once. <paramref name="onLost"/> gets what was not delivered, and why.</summary>
    public AlertWebhook(AlertWebhookOptions options, TimeProvider time, Action<Alert, string> onLost)
    {
        if (options.Address.Scheme is not ("http" or "https"))
            throw new ArgumentException($"'{options.Address}' is no address of the web.", nameof(options));
        _options = options;
        _time = time;
        _onLost = onLost;
        // An alert goes where it was said, not where an answer points to.
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false })
        {
            Timeout = System.Threading.Timeout.InfiniteTimeSpan,
        };
        _waiting = Channel.CreateBounded<Alert>(new BoundedChannelOptions(options.MostWaiting) { SingleReader = true });
        _worker = Task.Run(PostAllAsync);
    }

    /// <summary>Takes an alert to be posted. Returns at once.</summary>
    public void Post(Alert alert)
    {
        if (!_waiting.Writer.TryWrite(alert)) _onLost(alert, $"{_options.MostWaiting} alerts wait already, or the webhook was closed");
    }

    /// <summary>Waits a bounded time for what was taken; the rest is lost.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        _waiting.Writer.TryComplete();
        using (_time.CreateTimer(_ => _end.Cancel(), null, _options.Drain, System.Threading.Timeout.InfiniteTimeSpan))
            await _worker.ConfigureAwait(false);
        _client.Dispose();
        _end.Dispose();
    }

    private async Task PostAllAsync()
    {
        await foreach (var alert in _waiting.Reader.ReadAllAsync().ConfigureAwait(false))
            if (await DeliverAsync(alert).ConfigureAwait(false) is { } reason) _onLost(alert, reason);
    }

    /// <summary>Null when it was delivered.</summary>
    private async Task<string?> DeliverAsync(Alert alert)
    {
        var content = AlertJson.Write(alert);
        for (var attempt = 0; ; attempt++)
        {
            if (_end.IsCancellationRequested) return "the webhook was closed";
            var (reason, again) = await TryAsync(content).ConfigureAwait(false);
            if (reason is null) return null;
            if (!again || attempt == _options.Backoff.Count) return $"{reason}, after {attempt + 1} attempts";
            try
            {
                await Task.Delay(_options.Backoff[attempt], _time, _end.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return $"{reason}; then the webhook was closed";
            }
        }
    }

    /// <summary>Why it was not delivered, and whether another attempt may help.</summary>
    private async Task<(string? Reason, bool Again)> TryAsync(byte[] content)
    {
        using var timeout = new CancellationTokenSource(_options.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _end.Token);
        using var body = new ByteArrayContent(content);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, _options.Address) { Content = body };
        try
        {
            using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token)
                .ConfigureAwait(false);
            if (answer.IsSuccessStatusCode) return (null, false);
            var again = (int)answer.StatusCode >= 500
                || answer.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests;
            return ($"the receiver answered {(int)answer.StatusCode}", again);
        }
        catch (HttpRequestException error)
        {
            return (error.Message.TrimEnd('.'), true);
        }
        catch (OperationCanceledException)
        {
            return ($"the receiver did not answer within {_options.Timeout.TotalSeconds:0.###} s", true);
        }
    }
}
