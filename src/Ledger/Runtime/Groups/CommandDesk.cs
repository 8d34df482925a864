using System.Collections.Concurrent;
using Ledger.Groups;
using Ledger.Model;
using Ledger.Model.Groups;
using Ledger.Rules.Groups;
using Microsoft.Extensions.Logging;

namespace Ledger.Runtime.Groups;

/// <summary>The commands that come to this member: each is taken in the log before it is executed, and so at most
/// once.</summary>
internal sealed class CommandDesk(GroupRuntime group)
{
    private readonly ConcurrentDictionary<string, Promise<bool>> running = new(StringComparer.Ordinal);
    private volatile Handling? handling;

    public IDisposable Handle(
        Func<GroupCommand, CancellationToken, Task<string?>> handler, Func<GroupCommand, CommandRefusal?>? refuse)
    {
        var mine = new Handling(this, handler, refuse);
        if (Interlocked.CompareExchange(ref handling, mine, null) is not null)
            throw new InvalidOperationException($"This participant handles the commands of group '{group.GroupId}' already.");
        group.Attend();
        group.Core.Wake();
        return mine;
    }

    /// <summary>Takes a command up, unless it is under way, or nobody handles any yet.</summary>
    public void Begin(GroupCommand command)
    {
        if (handling is not { } present || group.State.Members[group.Self].Status != GroupMemberStatus.Joined) return;
        var ended = new Promise<bool>(group.Core.IsStepped);
        if (running.TryAdd(command.CommandId, ended)) group.Core.Run(() => RunAsync(command, present, ended));
    }

    /// <summary>Refuses what was not begun, and waits for what was.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        var open = group.State.Commands.Values.Where(c => c.To == group.Self && c.Status == CommandStatus.Sent);
        foreach (var c in open.Where(c => !running.ContainsKey(c.CommandId)))
            await group.TryProposeAsync(new CommandRefused(c.CommandId, "draining"), cancellationToken).ConfigureAwait(false);
        await Task.WhenAll(running.Values.Select(r => r.Task)).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task RunAsync(GroupCommand command, Handling by, Promise<bool> ended)
    {
        try
        {
            if (Refusal(command, by) is { } refusal)
                await group.TryProposeAsync(new CommandRefused(command.CommandId, Texts.Cut(refusal.Reason) ?? ""), CancellationToken.None).ConfigureAwait(false);
            else await TakeAsync(command, by.Handler).ConfigureAwait(false);
        }
        catch (LedgerStorageException e)
        {
            // Whether it was taken, or refused, is not known: if it was taken, it does not run, and its deadline ends it.
            Messages.GroupTriedAgain(group.Ledger.Log, group.GroupId, $"command {command.CommandId}", e.Message);
            group.Attend();
        }
        finally
        {
            running.TryRemove(command.CommandId, out _);
            ended.TryKeep(true);
        }
    }

    /// <summary>Asked before it is taken up: what is refused has no effect.</summary>
    private CommandRefusal? Refusal(GroupCommand command, Handling by)
    {
        try
        {
            return by.Refuse?.Invoke(command);
        }
#pragma warning disable CA1031 // who cannot say whether it takes a command does not take it
        catch (Exception e)
#pragma warning restore CA1031
        {
            LedgerMetrics.CallbackFailed();
            Messages.CommandFailed(group.Ledger.Log, group.GroupId, command.CommandId, command.Name, e);
            return new CommandRefusal($"{e.GetType().Name}: {e.Message}");
        }
    }

    private async Task TakeAsync(GroupCommand command, Func<GroupCommand, CancellationToken, Task<string?>> handler)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(command.DeadlineMs), group.Ledger.Clock.Provider);
        var taken = await group.TryProposeAsync(new CommandTaken(command.CommandId), CancellationToken.None).ConfigureAwait(false);
        if (!taken.Accepted) return;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, group.Ended);
        await group.ProposeSurelyAsync(await ExecuteAsync(command, handler, deadline, either.Token).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private async Task<GroupEntryData> ExecuteAsync(GroupCommand command,
        Func<GroupCommand, CancellationToken, Task<string?>> handler, CancellationTokenSource deadline, CancellationToken token)
    {
        var id = command.CommandId;
        try
        {
            var result = await handler(command, token).ConfigureAwait(false);
            return result is { Length: > GroupLimits.CommandLength }
                ? new CommandFailed(id, $"its result has {result.Length} characters, over the limit of {GroupLimits.CommandLength}")
                : new CommandDone(id, result);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return new CommandExpired(id);
        }
#pragma warning disable CA1031 // whatever a user's handler throws is the answer
        catch (Exception e)
#pragma warning restore CA1031
        {
            LedgerMetrics.CallbackFailed();
            Messages.CommandFailed(group.Ledger.Log, group.GroupId, id, command.Name, e);
            return new CommandFailed(id, Texts.Cut($"{e.GetType().Name}: {e.Message}")!);
        }
    }

    private sealed class Handling(CommandDesk desk, Func<GroupCommand, CancellationToken, Task<string?>> handler,
        Func<GroupCommand, CommandRefusal?>? refuse) : IDisposable
    {
        public Func<GroupCommand, CancellationToken, Task<string?>> Handler => handler;

        public Func<GroupCommand, CommandRefusal?>? Refuse => refuse;

        public void Dispose() => Interlocked.CompareExchange(ref desk.handling, null, this);
    }
}
