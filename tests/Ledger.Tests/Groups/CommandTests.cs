using Ledger.Groups;
using Ledger.Model.Groups;

namespace Ledger.Tests.Groups;

public sealed class CommandTests
{
    private static readonly TimeSpan Ten = TimeSpan.FromSeconds(10);

    private readonly GroupWorld world = new();

    [Fact]
    public async Task A_repeated_id_has_one_effect_and_the_same_answer()
    {
        var a = await world.JoinAsync("a");
        var b = await world.JoinAsync("b");
        var effects = 0;
        b.Group.HandleCommands((_, _) => Task.FromResult<string?>($"{++effects}"));
        var first = a.Group.SendAsync("b", "count", "{}", Ten, "c1");
        var second = a.Group.SendAsync("b", "count", "{}", Ten, "c1");
        await world.Ledger.RunUntilAsync(Task.WhenAll(first, second));
        var third = await world.Ledger.RunUntilAsync(b.Group.SendAsync("b", "count", "{}", Ten, "c1"));
        Assert.Equal(1, effects);
        Assert.All([await first, await second, third], r => Assert.Equal((CommandStatus.Done, "1"), (r.Status, r.Answer)));
    }

    [Fact]
    public async Task Unknown_draining_and_gone_receivers_refuse_each_in_its_words()
    {
        var a = await world.JoinAsync("a");
        var b = await world.JoinAsync("b");
        Assert.Equal("unknown", (await SendAsync(a, "nobody")).Answer);
        await world.Ledger.RunUntilAsync(b.Group.DrainAsync());
        Assert.Equal("draining", (await SendAsync(a, "b")).Answer);
        await world.Ledger.RunUntilAsync(b.Group.LeaveAsync());
        var gone = await SendAsync(a, "b");
        Assert.Equal((CommandStatus.Refused, "gone"), (gone.Status, gone.Answer));
    }

    [Fact]
    public async Task What_a_handler_throws_is_the_reason_and_what_it_does_not_finish_expires()
    {
        var a = await world.JoinAsync("a");
        var b = await world.JoinAsync("b");
        b.Group.HandleCommands(async (c, token) =>
        {
            if (c.Name == "throw") throw new InvalidOperationException("no such thing");
            await Task.Delay(Timeout.InfiniteTimeSpan, world.Ledger.Time, token);
            return null;
        });
        var failed = await SendAsync(a, "b", "throw");
        Assert.Equal((CommandStatus.Failed, "InvalidOperationException: no such thing"), (failed.Status, failed.Answer));
        Assert.Equal(CommandStatus.Expired, (await SendAsync(a, "b", "hang")).Status);
        Assert.Equal(CommandStatus.Expired, (await SendAsync(b, "a", "nobody handles it")).Status);
    }

    [Fact]
    public async Task What_a_member_refuses_it_never_takes_and_says_why()
    {
        var a = await world.JoinAsync("a");
        var b = await world.JoinAsync("b");
        var effects = new List<string>();
        b.Group.HandleCommands(
            (c, _) =>
            {
                effects.Add(c.Name);
                return Task.FromResult<string?>(null);
            },
            c => c.Name switch
            {
                "no" => new CommandRefusal("not today"),
                "throw" => throw new InvalidOperationException("cannot tell"),
                _ => null,
            });
        var refused = await SendAsync(a, "b", "no");
        Assert.Equal((CommandStatus.Refused, "not today"), (refused.Status, refused.Answer));
        var unknown = await SendAsync(a, "b", "throw");
        Assert.Equal((CommandStatus.Refused, "InvalidOperationException: cannot tell"), (unknown.Status, unknown.Answer));
        Assert.True((await SendAsync(a, "b", "yes")).IsDone);
        Assert.Equal(["yes"], effects);
        var taken = (await world.EventsAsync<CommandChanged>()).Where(e => e.Command.Status == CommandStatus.Taken);
        Assert.Equal(["yes"], taken.Select(e => e.Command.Name));
    }

    [Fact]
    public async Task A_receiver_that_dies_in_the_middle_leaves_an_unknown_effect_and_its_successor_never_executes_it()
    {
        var a = await world.JoinAsync("a");
        var b = await world.JoinAsync("b");
        var effects = 0;
        var never = new TaskCompletionSource<string?>();
        b.Group.HandleCommands((_, _) =>
        {
            effects++;
            return never.Task;
        });
        var sent = a.Group.SendAsync("b", "work", null, Ten);
        await world.UntilAsync(s => s.Commands.Values.Any(c => c.Status == CommandStatus.Taken));
        b.Node.Crash();
        await b.Node.RestartAsync();
        var again = await b.Node.Participant.JoinGroupAsync(GroupWorld.Id);
        again.HandleCommands((_, _) =>
        {
            effects++;
            return Task.FromResult<string?>(null);
        });
        var result = await world.Ledger.RunUntilAsync(sent);
        Assert.Equal((CommandStatus.Failed, "lost, effect unknown"), (result.Status, result.Answer));
        world.Advance(20);
        Assert.Equal(1, effects);
        Assert.True((await SendAsync(a, "b")).IsDone);
    }

    [Fact]
    public async Task The_orchestrator_ends_what_a_dead_sender_cannot_end_any_more()
    {
        var boss = await world.JoinAsync("boss");
        var a = await world.JoinAsync("a", orchestrate: false);
        var b = await world.JoinAsync("b", orchestrate: false);
        _ = a.Group.SendAsync("b", "nobody handles it", null, Ten, "c1");
        await world.UntilAsync(s => s.Commands.ContainsKey("c1"));
        a.Node.Crash();
        await world.UntilAsync(s => s.Commands["c1"].IsOver, seconds: 15);
        Assert.Equal(CommandStatus.Expired, world.State.Commands["c1"].Status);
        Assert.True(boss.Group.IsOrchestrator && b.Group.IsMember);
    }

    [Fact]
    public async Task Every_command_has_exactly_one_outcome_while_members_are_killed_and_the_orchestrator_too()
    {
        var random = new Random(3);
        var pool = new List<Joined>();
        var made = 0;
        var effects = new List<string>();
        async Task GrowAsync()
        {
            var m = await world.JoinAsync($"m{made++}", made % 2 == 0 ? "h1" : "h2");
            m.Group.HandleCommands(async (c, token) =>
            {
                effects.Add(c.CommandId);
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(400)), world.Ledger.Time, token);
                return c.Arguments;
            });
            pool.Add(m);
        }
        while (pool.Count < 8) await GrowAsync();
        var sent = new List<string>();
        for (var round = 0; round < 30; round++)
        {
            for (var i = 0; i < 7; i++)
            {
                var (from, to) = (pool[random.Next(pool.Count)], pool[random.Next(pool.Count)]);
                sent.Add($"c{sent.Count}");
                _ = from.Group.SendAsync(to.Node.Id, "work", $"{sent.Count}", Ten, sent[^1]);
            }
            world.Advance(random.NextDouble());
            foreach (var victim in pool.OrderBy(_ => random.Next()).Take(2).ToList())
            {
                victim.Node.Crash();
                pool.Remove(victim);
            }
            while (pool.Count < 8) await GrowAsync();
        }
        var accepted = (await world.EventsAsync<CommandChanged>()).Select(e => e.Command).ToList();
        await world.UntilAsync(s => s.Commands.Values.All(c => c.IsOver), seconds: 60);
        var outcomes = (await world.EventsAsync<CommandChanged>()).Where(e => e.Command.IsOver).GroupBy(e => e.Command.CommandId).ToList();
        Assert.Equal(accepted.Select(c => c.CommandId).Distinct().Order(), outcomes.Select(o => o.Key).Order());
        Assert.All(outcomes, o => Assert.Single(o));
        Assert.True(outcomes.Count > 180, $"{outcomes.Count} outcomes");
        Assert.Equal(effects.Count, effects.Distinct().Count());
        Assert.Contains(outcomes, o => o.Single().Command.Status == CommandStatus.Done);
        Assert.Contains(outcomes, o => o.Single().Command.Status == CommandStatus.Failed);
    }

    [Fact]
    public async Task Who_is_no_member_may_send_and_is_answered()
    {
        var b = await world.JoinAsync("b");
        b.Group.HandleCommands((c, _) => Task.FromResult(c.Arguments));
        var visitor = await world.Ledger.StartAsync("visitor");
        var group = await visitor.Participant.VisitGroupAsync(GroupWorld.Id);
        var result = await world.Ledger.RunUntilAsync(group.SendAsync("b", "echo", "42", Ten));
        Assert.Equal("42", result.Answer);
        Assert.Single(world.State.Members);
        await world.Ledger.RunUntilAsync(b.Group.DrainAsync());
        Assert.Equal("draining", (await world.Ledger.RunUntilAsync(group.SendAsync("b", "echo", "42", Ten))).Answer);
    }

    private Task<CommandResult> SendAsync(Joined from, string to, string name = "work") =>
        world.Ledger.RunUntilAsync(from.Group.SendAsync(to, name, null, Ten));
}
