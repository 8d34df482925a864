namespace Ledger.Hosting.Processes;

/// <summary>What a child did.</summary>
internal enum ChildChange
{
    Exited,
    Signalled,
    Stopped,
    Continued,
}

/// <summary>Decodes the number that <c>waitpid</c> answers.</summary>
/// <param name="Change">What happened.</param>
/// <param name="Value">The exit code, or the signal.</param>
internal readonly record struct WaitStatus(ChildChange Change, int Value)
{
    /// <summary>The same layout on Linux and macOS, but for "continued".</summary>
    public static WaitStatus Parse(int raw)
    {
        const int linuxContinued = 0xffff, macContinued = 0x137f, stopped = 0x7f;
        var (low, high) = (raw & 0x7f, (raw >> 8) & 0xff);
        if (raw == (OperatingSystem.IsMacOS() ? macContinued : linuxContinued)) return new(ChildChange.Continued, 0);
        if ((raw & 0xff) == stopped) return new(ChildChange.Stopped, high);
        return low == 0 ? new(ChildChange.Exited, high) : new(ChildChange.Signalled, low);
    }
}
