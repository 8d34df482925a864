using System.Globalization;
using Ledger.Platform;

namespace Ledger.Tests.Platform;

public sealed class HostIdentityTests
{
    [LinuxFact]
    public void The_own_identity_is_complete_and_stays_the_same()
    {
        var self = HostIdentity.Current();

        Assert.Equal(Environment.ProcessId, self.Pid);
        Assert.True(Guid.TryParse(self.BootId, out _), self.BootId);
        Assert.StartsWith("pid:[", self.PidNamespace, StringComparison.Ordinal);
        Assert.StartsWith("mnt:[", self.MountNamespace, StringComparison.Ordinal);
        Assert.True(uint.TryParse(self.User, NumberStyles.None, CultureInfo.InvariantCulture, out _), self.User);
        Assert.True(ulong.TryParse(self.StartToken, NumberStyles.None, CultureInfo.InvariantCulture, out _), self.StartToken);
        Assert.Equal(self, HostIdentity.Current());
    }

    [LinuxFact]
    public void Pids_are_comparable_only_within_one_boot_and_namespace()
    {
        var self = HostIdentity.Current();

        Assert.True(self.SharesPidsWith(self with { Host = "elsewhere", Pid = 1, MountNamespace = "mnt:[1]" }));
        Assert.False(self.SharesPidsWith(self with { BootId = Guid.NewGuid().ToString() }));
        Assert.False(self.SharesPidsWith(self with { PidNamespace = "pid:[1]" }));
        var unknown = self with { BootId = "", PidNamespace = "" };
        Assert.False(unknown.SharesPidsWith(unknown));
    }

    [LinuxFact]
    public void A_process_that_is_not_there_has_no_start_token() => Assert.Equal("", HostIdentity.StartToken(int.MaxValue));
}
