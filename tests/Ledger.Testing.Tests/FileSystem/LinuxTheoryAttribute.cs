namespace Ledger.Testing.Tests.FileSystem;

/// <summary>For comparisons with what .NET does on Linux.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute()
    {
        if (!OperatingSystem.IsLinux())
            Skip = "Compares with the file system of Linux.";
    }
}
