using System.Runtime.InteropServices;

namespace Ledger.Platform;

/// <summary>The kernel's <c>struct statx</c>, the same on every architecture (unlike <c>struct stat</c>).</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal readonly struct FileStat
{
    [FieldOffset(16)] public readonly uint Links;
    [FieldOffset(20)] public readonly uint Owner;
    [FieldOffset(28)] private readonly ushort _mode;
    [FieldOffset(32)] public readonly ulong Inode;
    [FieldOffset(40)] public readonly long Size;
    [FieldOffset(96)] private readonly long _changeSeconds;
    [FieldOffset(104)] private readonly uint _changeNanoseconds;
    [FieldOffset(112)] private readonly long _modifySeconds;
    [FieldOffset(120)] private readonly uint _modifyNanoseconds;
    [FieldOffset(136)] public readonly ulong Device;

    public int Permissions => _mode & 0x1ff;
    public bool IsDirectory => (_mode & 0xf000) == 0x4000;
    public bool IsRegularFile => (_mode & 0xf000) == 0x8000;
    public bool IsSymbolicLink => (_mode & 0xf000) == 0xa000;
    public DateTimeOffset Modified => Time(_modifySeconds, _modifyNanoseconds);

    /// <summary>When the inode last changed: writes and renames both count.</summary>
    public (long Seconds, uint Nanoseconds) Changed => (_changeSeconds, _changeNanoseconds);

    public bool IsSameFile(in FileStat other) => Inode == other.Inode && Device == other.Device;

    private static DateTimeOffset Time(long seconds, uint nanoseconds) =>
        DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(nanoseconds / 100);
}
