namespace Ledger.CrashTests.Examples;

/// <summary>A test of a shell script that uses jq.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class JqFactAttribute : FactAttribute
{
    public JqFactAttribute()
    {
        if (!OperatingSystem.IsLinux()) Skip = "Needs Linux: looks at processes through /proc.";
        else if (!IsThere("jq")) Skip = "Needs jq (Debian package: jq).";
    }

    private static bool IsThere(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));
}
