using System.Collections.Concurrent;
using Ledger.Hosting.Supervision.Alerts;
using Ledger.Hosting.Tests.Processes;
using Ledger.Model.Groups;
using Ledger.Testing;

namespace Ledger.Hosting.Tests.Supervision;

public sealed class AlertTests : IDisposable
{
    private static readonly Alert Held = new(
        AlertKind.ResourcesNotReleased, "web", "api", new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.FromHours(1)),
        "port 7001 held by pid 4711 (\"nginx\")", 7);

    private readonly AlertReceiver _receiver = new();
    private readonly ConcurrentQueue<string> _lost = [];

    public void Dispose() => _receiver.Dispose();

    [Fact]
    public async Task An_alert_is_posted_as_json()
    {
        await using var webhook = New(TimeProvider.System);

        webhook.Post(Held);
        webhook.Post(Held with { Kind = AlertKind.OrphansFound, Supervisor = null, Reason = "" });

        await Eventually.True(() => _receiver.Bodies.Count == 2, "both");
        Assert.Equal(
            """{"kind":"resourcesNotReleased","group":"web","supervisor":"api","time":"2026-01-02T02:04:05.678Z","reason":"port 7001 held by pid 4711 (\u0022nginx\u0022)","term":7}""",
            _receiver.Bodies.First());
        Assert.Contains("\"kind\":\"orphansFound\",\"group\":\"web\",\"supervisor\":null", _receiver.Bodies.Last(), StringComparison.Ordinal);
        Assert.Equal(["POST /alerts application/json", "POST /alerts application/json"], _receiver.Requests);
    }

    [Fact]
    public async Task A_receiver_that_fails_is_tried_again_after_each_pause_and_then_the_alert_is_lost()
    {
        var time = new SimulatedTime();
        _receiver.Answer = 503;
        var webhook = New(time);
        await using var closing = new Closing(webhook, time);
        webhook.Post(Held);

        await Eventually.True(() => _receiver.Bodies.Count == 1 && time.UntilNextTimer == Pauses[0], "the first pause");
        time.Advance(Pauses[0]);
        await Eventually.True(() => _receiver.Bodies.Count == 2 && time.UntilNextTimer == Pauses[1], "the second pause");
        time.Advance(Pauses[1]);

        await Eventually.True(() => !_lost.IsEmpty, "the loss");
        Assert.Equal(["ResourcesNotReleased: the receiver answered 503, after 3 attempts"], _lost);
        Assert.Equal(3, _receiver.Bodies.Count);

        _receiver.Answer = 204;
        webhook.Post(Held with { Kind = AlertKind.SupervisorRestarted });
        await Eventually.True(() => _receiver.Bodies.Count == 4, "the next one");
        Assert.Single(_lost);
    }

    [Fact]
    public async Task What_another_attempt_cannot_help_is_lost_at_once()
    {
        _receiver.Answer = 404;
        await using var webhook = New(TimeProvider.System);

        webhook.Post(Held);

        await Eventually.True(() => !_lost.IsEmpty, "the loss");
        Assert.Equal(["ResourcesNotReleased: the receiver answered 404, after 1 attempts"], _lost);
        Assert.Single(_receiver.Bodies);
    }

    [Fact]
    public async Task A_receiver_that_never_answers_keeps_nobody_waiting()
    {
        var time = new SimulatedTime();
        _receiver.Answer = null;
        var webhook = New(time);
        webhook.Post(Held);
        await Eventually.True(() => _receiver.Bodies.Count == 1, "the request");

        // One is under way, two wait, the fourth finds no place.
        for (var i = 0; i < 3; i++) webhook.Post(Held);
        Assert.Contains("wait already", Assert.Single(_lost), StringComparison.Ordinal);

        var closing = webhook.DisposeAsync().AsTask();
        Assert.False(closing.IsCompleted);
        time.Advance(new AlertWebhookOptions { Address = _receiver.Address }.Drain);
        await closing.WaitAsync(Eventually.Bound);
        Assert.Equal(4, _lost.Count);
        webhook.Post(Held);
        Assert.Equal(5, _lost.Count);
    }

    [Fact]
    public void Who_throws_keeps_an_alert_from_nobody_and_who_left_gets_none()
    {
        var errors = new List<string>();
        var seen = new List<Alert>();
        var stream = new AlertStream(error => errors.Add(error.Message));
        using var bad = stream.Subscribe(_ => throw new InvalidOperationException("bad listener"));
        var good = stream.Subscribe(seen.Add);

        stream.Publish(Held);
        good.Dispose();
        stream.Publish(Held);

        Assert.Equal([Held], seen);
        Assert.Equal(["bad listener", "bad listener"], errors);
    }

    [Fact]
    public async Task A_slow_reader_loses_its_oldest_alerts_only()
    {
        var stream = new AlertStream(_ => { });
        await using var reader = stream.ReadAllAsync(CancellationToken.None).GetAsyncEnumerator();
        var first = reader.MoveNextAsync();
        for (var term = 0; term < AlertStream.MostWaiting + 10; term++) stream.Publish(Held with { Term = term });

        Assert.True(await first);
        Assert.True(await reader.MoveNextAsync());

        Assert.InRange(reader.Current.Term, 2, 11);
    }

    private static TimeSpan[] Pauses => [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)];

    private AlertWebhook New(TimeProvider time)
    {
        var options = new AlertWebhookOptions
        {
            Address = _receiver.Address,
            Backoff = Pauses,
            MostWaiting = 2,
            Timeout = TimeSpan.FromMinutes(1),
        };
        return new AlertWebhook(options, time, (alert, reason) => _lost.Enqueue($"{alert.Kind}: {reason}"));
    }

    /// <summary>Closes a webhook whose time stands still, also after a failure.</summary>
    private sealed record Closing(AlertWebhook Webhook, SimulatedTime Time) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            var closing = Webhook.DisposeAsync().AsTask();
            Time.Advance(TimeSpan.FromMinutes(1));
            await closing.WaitAsync(Eventually.Bound);
        }
    }
}
