using Xunit.Abstractions;
using Xunit.Sdk;

namespace Ledger.TestSupport;

/// <summary>What a test class needs of the machine.</summary>
public enum Requirement
{
    SharedMemory,
    Linux,
    NetworkDrive,
}

/// <summary>Names what a class of contract tests needs; where it is missing, each of them is skipped visibly.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsAttribute(Requirement requirement) : Attribute
{
    private const string SharedMemory = "/dev/shm";

    public string? WhyNot => requirement switch
    {
        Requirement.SharedMemory when !Directory.Exists(SharedMemory) =>
            $"{SharedMemory} is not there (a tmpfs that Debian's systemd mounts)",
        Requirement.NetworkDrive => NetworkDrive.WhyNot,
        Requirement.Linux or Requirement.SharedMemory when !OperatingSystem.IsLinux() => "needs Linux",
        _ => null,
    };
}

/// <summary>A fact in a base class, skipped where the derived class needs what is missing.</summary>
[XunitTestCaseDiscoverer("Ledger.TestSupport.ContractFactDiscoverer", "Ledger.TestSupport")]
[AttributeUsage(AttributeTargets.Method)]
public sealed class ContractFactAttribute : FactAttribute;

/// <summary>Makes test cases that ask their class what it needs.</summary>
public sealed class ContractFactDiscoverer(IMessageSink sink) : FactDiscoverer(sink)
{
    private readonly IMessageSink _sink = sink;

    protected override IXunitTestCase CreateTestCase(
        ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        new ContractTestCase(_sink, discoveryOptions.MethodDisplayOrDefault(), testMethod);
}

/// <summary>One contract test of one class.</summary>
public sealed class ContractTestCase : XunitTestCase
{
    [Obsolete("For the runner only.")]
    public ContractTestCase() { }

    public ContractTestCase(IMessageSink sink, TestMethodDisplay display, ITestMethod method)
        : base(sink, display, TestMethodDisplayOptions.None, method) { }

    protected override string? GetSkipReason(IAttributeInfo factAttribute) =>
        base.GetSkipReason(factAttribute) ?? TestMethod.TestClass.Class.ToRuntimeType()
            .GetCustomAttributes(typeof(NeedsAttribute), inherit: true).Cast<NeedsAttribute>()
            .Select(need => need.WhyNot).FirstOrDefault(why => why is not null);
}

/// <summary>A fact that is skipped where what it needs is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsFactAttribute : FactAttribute
{
    public NeedsFactAttribute(Requirement requirement) => Skip = new NeedsAttribute(requirement).WhyNot;
}

/// <summary>A fact that mounts a file system.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MountFactAttribute : FactAttribute
{
    public MountFactAttribute()
    {
        if (!OperatingSystem.IsLinux()) Skip = "needs Linux";
        else if (!MayMount()) Skip = "mounting a small disk needs CAP_SYS_ADMIN: run the tests as root";
        else if (!File.Exists("/bin/mount")) Skip = "needs mount (Debian package: mount)";
    }

    private static bool MayMount()
    {
        const string Label = "CapEff:";
        const int SystemAdministration = 21;
        var capabilities = File.ReadLines("/proc/self/status")
            .First(line => line.StartsWith(Label, StringComparison.Ordinal));
        var bits = Convert.ToUInt64(capabilities[Label.Length..].Trim(), 16);
        return (bits >> SystemAdministration & 1) == 1;
    }
}
