namespace Ledger.CrashTests.Models;

/// <summary>A test that searches the models.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SpinFactAttribute : FactAttribute
{
    public SpinFactAttribute()
    {
        if (!OperatingSystem.IsLinux()) Skip = "Needs Linux: runs a script.";
        else if (!IsThere("spin") || !IsThere("gcc")) Skip = "Needs spin and gcc (Debian packages: spin, gcc, libc6-dev).";
    }

    private static bool IsThere(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));
}
