namespace Ledger.Cli.Shared;

/// <summary>Exit codes of the command; a contract.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>The answer is no: it failed, cannot happen any more, came too late, or records are bad.</summary>
    public const int No = 1;

    public const int Usage = 2;

    /// <summary>The ledger or its directory cannot be used.</summary>
    public const int Storage = 3;

    public const int NoSuchOperation = 4;

    /// <summary>A defect of the program itself; not a part of the contract.</summary>
    public const int Defect = 70;

    public const int TimedOut = 124;

    /// <summary>Ended by a signal: 128 and its number.</summary>
    public static int Signal(int number) => 128 + number;
}
