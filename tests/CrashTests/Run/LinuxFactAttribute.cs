namespace Ledger.CrashTests.Run;

/// <summary>A test on real processes and /proc.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux()) Skip = "Needs Linux: looks at processes through /proc.";
    }
}

/// <summary>As <see cref="LinuxFactAttribute"/>, with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute()
    {
        if (!OperatingSystem.IsLinux()) Skip = "Needs Linux: looks at processes through /proc.";
    }
}

/// <summary>A test that needs a terminal, which <c>script</c> makes.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TerminalFactAttribute : FactAttribute
{
    public TerminalFactAttribute()
    {
        if (!File.Exists("/usr/bin/script")) Skip = "Needs the program script (Debian package bsdutils).";
    }
}

/// <summary>A test that takes a running process's files away, which <c>prlimit</c> does.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FileLimitFactAttribute : FactAttribute
{
    public FileLimitFactAttribute()
    {
        if (!File.Exists("/usr/bin/prlimit")) Skip = "Needs the program prlimit (Debian package util-linux).";
    }
}
