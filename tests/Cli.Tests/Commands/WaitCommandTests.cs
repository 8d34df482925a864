using Ledger.Cli.Commands;
using Ledger.Model;

namespace Ledger.Cli.Tests.Commands;

public sealed class WaitCommandTests
{
    [Theory]
    [InlineData("cleanup", OperationStatus.Running, null)]
    [InlineData("cleanup", OperationStatus.Cleanup, 0)]
    [InlineData("cleanup", OperationStatus.Failed, 0)]
    [InlineData("cleanup", OperationStatus.Completed, 1)]
    [InlineData("terminal", OperationStatus.Running, null)]
    [InlineData("terminal", OperationStatus.Cleanup, null)]
    [InlineData("terminal", OperationStatus.Failed, 1)]
    [InlineData("terminal", OperationStatus.Completed, 0)]
    [InlineData("completed", OperationStatus.Running, null)]
    [InlineData("completed", OperationStatus.Cleanup, 1)]
    [InlineData("completed", OperationStatus.Failed, 1)]
    [InlineData("completed", OperationStatus.Completed, 0)]
    public void Each_state_answers_or_lets_wait_on(string awaited, OperationStatus status, int? code) =>
        Assert.Equal(code, WaitCommand.Answer(awaited, status));
}
