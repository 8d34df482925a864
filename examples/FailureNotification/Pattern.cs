using System.Globalization;
using Ledger.Model;

namespace FailureNotification;

/// <summary>One way of being told of a failure.</summary>
/// <param name="Name">To choose it by.</param>
/// <param name="Title">For people.</param>
/// <param name="RunAsync">The pattern itself.</param>
internal sealed record Pattern(string Name, string Title, Func<Scene, Task<Verdict>> RunAsync)
{
    /// <summary>It has a time limit, which a slow callee must hit.</summary>
    public bool HasLimit { get; init; }

    /// <summary>The callee's crash stops at the callee: the operation goes on.</summary>
    public bool Contained { get; init; }

    /// <summary>Runs it with each kind of callee; true if it answered as it must each time.</summary>
    public async Task<bool> ShowAsync()
    {
        Console.WriteLine($"{Name}: {Title}");
        var isRight = await ShowAsync(Behaviour.Answers, VerdictKind.Answered);
        isRight &= await ShowAsync(Behaviour.Crashes, VerdictKind.Crashed);
        if (HasLimit) isRight &= await ShowAsync(Behaviour.IsSlow, VerdictKind.TimedOut);
        Console.WriteLine();
        return isRight;
    }

    private async Task<bool> ShowAsync(Behaviour behaviour, VerdictKind expected)
    {
        var scene = await Scene.OpenAsync(behaviour, Contained);
        var (verdict, elapsed) = await scene.PlayAsync(RunAsync);
        var isRight = verdict.Kind == expected;
        var callee = behaviour switch
        {
            Behaviour.Answers => "answers",
            Behaviour.Crashes => "crashes",
            _ => "is slow",
        };
        var after = elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        var end = Wire.Name(await scene.EndAsync());
        Console.WriteLine(
            $"  {(isRight ? "ok" : "NO")}  callee {callee} → {verdict.Word,-9} after {after,4} s, operation {end,-9}  {verdict.Text}");
        return isRight;
    }
}
