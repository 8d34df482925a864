using Ledger.Log;

namespace Ledger.Tests.Runtime.Segments;

/// <summary>The end of a process, in the middle of what it did.</summary>
internal sealed class Death : Exception;

/// <summary>Logs whose steps others can act right before or behind, once, or at which a process dies.</summary>
internal sealed class InterruptedLogs(ILogStore logs) : ILogStore
{
    /// <summary>Asked at every step, such as <c>before create</c>; what it answers is done there.</summary>
    public Func<string, Action?>? At { get; set; }

    /// <summary>What the next append says instead of what became of it.</summary>
    public AppendResult? Instead { get; set; }

    public bool TryCreate(string operationId, ReadOnlySpan<byte> genesis)
    {
        Step("before create");
        var created = logs.TryCreate(operationId, genesis);
        if (created) Step("behind create");
        return created;
    }

    public IOperationLog? TryOpen(string operationId)
    {
        if (logs.TryOpen(operationId) is not { } log) return null;
        Step("behind open");
        return new Interrupted(this, log);
    }

    public IOperationLog? TryOpenArchived(string backupName) => logs.TryOpenArchived(backupName);

    public IReadOnlyList<string> ListLive() => logs.ListLive();

    public IReadOnlyList<string> ListArchived()
    {
        var names = logs.ListArchived();
        Step("behind list");
        return names;
    }

    public string? TryArchive(string operationId, string nonce, Func<IOperationLog, bool> isSame)
    {
        Step("before archive");
        var name = logs.TryArchive(operationId, nonce, isSame);
        if (name is not null) Step("behind archive");
        return name;
    }

    public void DeleteArchived(string backupName, Func<IOperationLog, bool> isSame)
    {
        Step("before delete");
        logs.DeleteArchived(backupName, isSame);
        Step("behind delete");
    }

    private void Step(string step)
    {
        if (At?.Invoke(step) is not { } action) return;
        At = null;
        action();
    }

    private sealed class Interrupted(InterruptedLogs owner, IOperationLog log) : IOperationLog
    {
        public string OperationId => log.OperationId;

        public bool IsArchived => log.IsArchived;

        public AppendResult Append(ReadOnlySpan<byte> record)
        {
            owner.Step("before append");
            var result = log.Append(record);
            owner.Step("behind append");
            (var instead, owner.Instead) = (owner.Instead, null);
            return instead ?? result;
        }

        public LogReadStatus Read(LineHandler handler) => log.Read(handler);

        public void Dispose() => log.Dispose();
    }
}
