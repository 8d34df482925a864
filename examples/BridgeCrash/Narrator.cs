using System.Globalization;

namespace BridgeCrash;

/// <summary>Prints who says what, and when.</summary>
internal sealed class Narrator
{
    private const int NameWidth = 10;

    private readonly long started = TimeProvider.System.GetTimestamp();
    private readonly Lock gate = new();
    private readonly bool isColourful =
        !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    public void Say(string who, string line)
    {
        var at = TimeProvider.System.GetElapsedTime(started).TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);
        lock (gate) Console.WriteLine($"{at,7} s  {Paint(who, who.PadRight(NameWidth))}  {line}");
    }

    public void Check(string what, bool holds)
    {
        lock (gate) Console.WriteLine($"  {(holds ? "ok " : "NO ")} {what}");
    }

    private string Paint(string who, string text)
    {
        if (!isColourful) return text;
        var colour = who switch
        {
            Cli.Name => 36,
            Bridge.Name => 33,
            VsCode.Name => 35,
            _ => 90,
        };
        return $"\u001b[{colour}m{text}\u001b[0m";
    }
}
