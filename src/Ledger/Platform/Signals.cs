namespace Ledger.Platform;

/// <summary>Signal numbers; some differ between Linux and macOS.</summary>
internal static class Signals
{
    public const int Hup = 1;
    public const int Int = 2;
    public const int Quit = 3;
    public const int Kill = 9;
    public const int Pipe = 13;
    public const int Term = 15;
    public const int TtyInput = 21;
    public const int TtyOutput = 22;

    public static readonly int User1 = OperatingSystem.IsMacOS() ? 30 : 10;
    public static readonly int Child = OperatingSystem.IsMacOS() ? 20 : 17;
    public static readonly int Continue = OperatingSystem.IsMacOS() ? 19 : 18;
    public static readonly int Stop = OperatingSystem.IsMacOS() ? 17 : 19;
    public static readonly int TtyStop = OperatingSystem.IsMacOS() ? 18 : 20;
}
