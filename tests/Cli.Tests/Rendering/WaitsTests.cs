using Ledger.Cli.Rendering;
using Ledger.Model;

namespace Ledger.Cli.Tests.Rendering;

public sealed class WaitsTests
{
    private static readonly string[] Trio = ["cli", "bridge", "code"];

    [Fact]
    public void A_running_operation_says_which_caller_waits_for_whom()
    {
        var lines = Explain(States.Of(OperationStatus.Running, Trio,
            States.Frame(1, "cli"), States.Frame(2, "bridge", FrameStatus.Active, 1), States.Frame(3, "code", FrameStatus.Active, 1)));
        Assert.Contains("cli's c1 waits for bridge's c2 (active, alive) and code's c3 (active, alive)", lines);
        Assert.Contains("cli can complete it when the stack is empty: 3 calls on it", lines);
    }

    [Fact]
    public void An_empty_stack_waits_for_its_initiator() =>
        Assert.Equal(["no call is on the stack; cli has yet to complete it"], Explain(States.Of(OperationStatus.Running, Trio)));

    [Fact]
    public void A_settled_frame_waits_for_its_caller_and_an_active_one_for_itself()
    {
        var lines = Explain(States.Of(OperationStatus.Cleanup, Trio,
            States.Frame(1, "cli"), States.Frame(2, "bridge", FrameStatus.CleanedUp, 1)));
        Assert.Equal(["waits for cli's c1 (active, alive) to clean itself up",
            "bridge's c2 is cleaned up and waits for its caller cli's c1"], lines);
    }

    [Fact]
    public void A_settled_frame_waits_for_what_is_active_beneath_it() =>
        Assert.Contains("bridge's c2 is cleaned up and waits for code's c3 beneath it", Explain(States.Of(OperationStatus.Cleanup, Trio,
            States.Frame(2, "bridge", FrameStatus.CleanedUp), States.Frame(3, "code", FrameStatus.Active, 2))));

    [Fact]
    public void A_crashed_frame_without_supervisor_waits_for_anyone() =>
        Assert.Contains("bridge's c2 crashed and waits for anyone to clean it up (rule 2)", Explain(States.Of(
            OperationStatus.Cleanup, Trio, States.Frame(1, "cli"), States.Frame(2, "bridge", FrameStatus.Crashed, 1))));

    [Fact]
    public void A_supervised_one_waits_for_its_supervisor_while_that_lives()
    {
        var state = Supervised(new Registration("sup", "code!", 5, 0, 1000));
        Assert.Contains("bridge's c2 crashed and waits for its supervisor sup (code, alive) to clean it up (rule 3)", Explain(state));
    }

    [Fact]
    public void A_dead_supervisors_restart_grace_is_named()
    {
        var state = Supervised(new Registration("sup", "code!", 5, 5000, 1000) { Dead = true });
        Assert.Contains("bridge's c2 crashed; its supervisor sup is dead, restart grace 5.0 s: then anyone cleans it up (rule 4)", Explain(state));
    }

    [Fact]
    public void A_supervisor_that_never_appeared_is_named() =>
        Assert.Contains(Explain(Supervised(null)), l => l.Contains("supervisor sup never appeared", StringComparison.Ordinal));

    [Fact]
    public void Where_nobody_is_alive_it_says_how_to_end_it()
    {
        var state = States.Of(OperationStatus.Running, Trio, States.Frame(1, "cli"));
        Assert.Equal("none of its members is alive: 'ledger gc' ends it", Waits.Explain(state, i => States.Lives(state, Grade.Dead)[i])[0]);
    }

    [Theory]
    [InlineData(OperationStatus.Failed)]
    [InlineData(OperationStatus.Completed)]
    public void What_is_over_waits_for_nothing(OperationStatus status) => Assert.Empty(Explain(States.Of(status, Trio)));

    private static OperationState Supervised(Registration? registration)
    {
        var state = States.Of(OperationStatus.Cleanup, Trio,
            States.Frame(1, "cli"), States.Frame(2, "bridge", FrameStatus.Crashed, 1) with { SupervisorId = "sup" });
        return registration is null ? state : state with { Supervisors = state.Supervisors.Add("sup", registration) };
    }

    private static IReadOnlyList<string> Explain(OperationState state) => Waits.Explain(state, i => States.Lives(state)[i]);
}
