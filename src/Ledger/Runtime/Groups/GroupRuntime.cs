using Ledger.Model.Groups;

namespace Ledger.Runtime.Groups;

/// <summary>One group in this process.</summary>
internal sealed class GroupRuntime
{
    public string GroupId => throw new NotImplementedException();

    public GroupState State => throw new NotImplementedException();

    public bool IsMember => throw new NotImplementedException();

    public CancellationToken Ended => throw new NotImplementedException();
}
