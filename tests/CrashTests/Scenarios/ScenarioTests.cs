namespace Ledger.CrashTests.Scenarios;

public sealed class ScenarioTests : ScenarioContract
{
    private protected override Ground Ground => Ground.Local;
}

/// <summary>Two mounts of one network drive, participants on each in turn; the kernel tells of deaths.</summary>
[Needs(Requirement.NetworkDrive), Collection(DriveTests.Name)]
public sealed class ScenarioOverNetworkDriveTests(SharedDrive shared) : ScenarioContract
{
    private protected override Ground Ground => Ground.On(shared.Drive!);
}

/// <summary>As above, and nobody can ask the kernel about anybody: heartbeats alone decide.</summary>
[Needs(Requirement.NetworkDrive), Collection(DriveTests.Name)]
public sealed class ScenarioOfSeparateHostsTests(SharedDrive shared) : ScenarioContract
{
    private protected override Ground Ground => Ground.On(shared.Drive!) with { SeparateHosts = true };
}
