using Ledger.Hosting.Processes;

namespace Ledger.Hosting.Tests.Processes;

public sealed class WaitStatusTests
{
    [Theory]
    [InlineData(0x0000, "Exited", 0)]
    [InlineData(0x0300, "Exited", 3)]
    [InlineData(0xff00, "Exited", 255)]
    [InlineData(0x000f, "Signalled", 15)]
    [InlineData(0x008b, "Signalled", 11)]
    [InlineData(0x147f, "Stopped", 20)]
    [InlineData(0xffff, "Continued", 0)]
    public void Each_kind_of_status_is_told_apart(int raw, string change, int value)
    {
        // "Continued" has another number elsewhere.
        if (raw == 0xffff && !OperatingSystem.IsLinux()) return;
        Assert.Equal(new WaitStatus(Enum.Parse<ChildChange>(change), value), WaitStatus.Parse(raw));
    }
}
