using System.Collections.Immutable;
using System.Globalization;
using Ledger.Log;
using Ledger.Model;
using Ledger.Testing.Simulation;

namespace Ledger.Tests.Log;

/// <summary>Random entries of every type, from a seed.</summary>
internal sealed class Samples(ulong seed)
{
    private static readonly string[] Texts =
    [
        "", " ", "plain", "\"quoted\" \\ / \b\f\n\r\t", "\0\u0001\u001f\u007f\u0085\u2028\u2029\ufeff", "žluťoučký kůň 漢字 🦊 👩‍👩‍👧",
        "2026-01-01T00:00:00Z", "/Date(1234656000000)/", "{\"crc\":\"00000000\",", "null", "true", "1e400", "NaN", "\u202eabc", "</script>",
    ];

    private readonly Lottery lottery = new(seed);

    public Entry Entry(EntryType type) => new(Text(), Long(), Id(), Text(), Text(), Data(type));

    public EntryData Data(EntryType type) => type switch
    {
        EntryType.OperationCreated => new OperationCreated(Id(), Int(), Process(), Maybe(Text)),
        EntryType.ParticipantJoined => new ParticipantJoined(Process()),
        EntryType.ParticipantLeft => new ParticipantLeft(Flag(), Maybe(Text)),
        EntryType.InitiatorChanged => new InitiatorChanged(Text()),
        EntryType.CallStarted => new CallStarted(Id(), Maybe())
        {
            SupervisorId = Maybe(Id),
            SupervisorHandle = Maybe(Text),
            FailOnCrash = Flag(),
            Description = Maybe(Text),
            CleanupBoundMs = Duration(),
            WatchdogMs = Flag() ? null : Duration(),
            Resources = Many(Resource),
        },
        EntryType.CallEnded => new CallEnded(Id(), Long()),
        EntryType.CallFailed => new CallFailed(Id(), Long(), Maybe(Text)),
        EntryType.ResourceRegistered => new ResourceRegistered(Id(), Long(), Resource()),
        EntryType.ResourceReleased => new ResourceReleased(Id(), Long(), Text()),
        EntryType.CrashDetected => new CrashDetected(Id(), Text(), Any<EvidenceType>(), Long(), Long(), Many(Id), Many(Long)),
        EntryType.SupervisorRegistered => new SupervisorRegistered(Id(), Duration(), Duration()),
        EntryType.SupervisorDied => new SupervisorDied(Id(), Text(), Any<EvidenceType>(), Long(), Long(), Maybe()),
        EntryType.CrashNotified => new CrashNotified(Id(), Long(), Id(), Maybe(Text), Flag(), Flag()),
        EntryType.FrameCleanedUp => new FrameCleanedUp(Id(), Long(), Int(), Maybe(Text), Many(Left)),
        EntryType.FrameRemoved => new FrameRemoved(Id(), Long(), Maybe(Text), Many(Left)),
        EntryType.AbortRequested => new AbortRequested(Maybe(Text)),
        EntryType.CompleteRequested => new CompleteRequested(),
        EntryType.OperationAbandoned => new OperationAbandoned(Maybe(Text)),
        _ => throw new InvalidOperationException($"no sample of {type}"),
    };

    public int Below(int bound) => lottery.Below(bound);

    public bool Flag() => lottery.Below(2) == 0;

    private string Text() => Texts[lottery.Below(Texts.Length)];

    private string Id() => lottery.Below(3) switch
    {
        0 => "a",
        1 => new string('Z', Identifier.MaxLength),
        _ => "9.x_y-" + lottery.Below(1000).ToString(CultureInfo.InvariantCulture),
    };

    private long Long() => lottery.Below(4) switch { 0 => long.MinValue, 1 => long.MaxValue, 2 => 0, _ => lottery.Below(100000) };

    private long Duration() => lottery.Below(3) switch { 0 => 0, 1 => JsonFields.LongestMs, _ => lottery.Below(100000) };

    private int Int() => lottery.Below(3) switch { 0 => int.MinValue, 1 => int.MaxValue, _ => lottery.Below(100) };

    private long? Maybe() => Flag() ? null : Long();

    private string? Maybe(Func<string> some) => Flag() ? null : some();

    private T Any<T>() where T : struct, Enum => Enum.GetValues<T>()[lottery.Below(Enum.GetValues<T>().Length)];

    private ImmutableArray<T> Many<T>(Func<T> some) => [.. Enumerable.Range(0, lottery.Below(4)).Select(_ => some())];

    private ProcessIdentity Process() => new(Text(), Text(), Text(), Text(), Text(), Int(), Text());

    private Resource Resource() => Any<ResourceKind>() is var kind && kind == ResourceKind.ProcessGroup
        ? new Resource(kind, null, false, Int(), Maybe(Text), Maybe(Text))
        : new Resource(kind, Text(), Flag(), 0, Maybe(Text), Maybe(Text));

    private LeftBehind Left() => new(Id(), Resource(), Text(), Text());
}
