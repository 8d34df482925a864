using FailureNotification;
using FailureNotification.Patterns;

Pattern[] patterns =
[
    new("stream", "a state stream around a call", StateStream.RunAsync),
    new("cleanup", "race of a call and cleanup", CallOrCleanup.RunAsync),
    new("terminal", "wait for the end with a time limit", EndInTime.RunAsync) { HasLimit = true },
    new("limits", "layered time limits: call < operation < process", LayeredLimits.RunAsync) { HasLimit = true },
    new("flag", "an interruptible call that checks a flag", InterruptibleCall.RunAsync),
    new("race", "race of call, stream and timer", CallStreamOrTimer.RunAsync) { HasLimit = true, Contained = true },
];

var chosen = args.Length == 0 ? patterns : [.. patterns.Where(p => args.Contains(p.Name))];
if (chosen.Length == 0)
{
    var names = string.Join(", ", patterns.Select(p => p.Name));
    Console.Error.WriteLine($"There is no such pattern. Name none, or some of: {names}.");
    return 2;
}
var isAsItMustBe = true;
foreach (var pattern in chosen) isAsItMustBe &= await pattern.ShowAsync();
return isAsItMustBe ? 0 : 1;
