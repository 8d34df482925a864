using Ledger;
using Ledger.Platform;
using Ledger.Runtime;
using Ledger.Worker;

// A participant that tests start, command line by line, kill and stop: LEDGER-PATH PARTICIPANT-ID. It says "ready" once it
// beats, and everything it is told of, one line each.
// Or "steps" LEDGER-PATH LOG FLUSH: every step of the protocol once, for a tracer.
if (args[0] == "steps")
{
    new ProtocolSteps(args[1], Enum.Parse<LogKind>(args[2]), bool.Parse(args[3]), Console.Out).Run();
    return;
}
// Or "groupsteps" with the same arguments: those of a group.
if (args[0] == "groupsteps")
{
    new GroupSteps(args[1], Enum.Parse<LogKind>(args[2]), bool.Parse(args[3]), Console.Out).Run();
    return;
}
// Or "count" LEDGER-PATH WRITER TELL-EVERY SEAL-AFTER: writes to a segmented log.
if (args[0] == "count")
{
    var numbers = args[3..].Select(text => long.Parse(text, System.Globalization.CultureInfo.InvariantCulture)).ToList();
    var context = Opening.Open(new LedgerOptions { Path = args[1], Create = false });
    new CountLoop(context, args[2], Console.In, Console.Out).Run(numbers[0], numbers[1]);
    return;
}
var ledger = await LedgerDirectory.OpenAsync(new LedgerOptions
{
    Path = args[0],
    KillGrace = TimeSpan.FromSeconds(1),
    World = Environment.GetEnvironmentVariable("LEDGER_WORKER_HOST") is { } host ? OnAnotherMachine(host) : null,
});
await using var participant = await ledger.JoinAsync(args[1]);
var worker = new CommandLoop(participant, Console.Out);
participant.Isolated.Register(() => worker.Say("isolated"));
worker.Say($"ready {Environment.ProcessId} {participant.Incarnation}");
while (await Console.In.ReadLineAsync() is { } line && line != "quit") await worker.RunAsync(line);

// The process is real, but nobody else's: whoever asks the kernel about it, or asks it about others, is on another boot.
static ProcessWorld OnAnotherMachine(string host)
{
    var self = HostIdentity.Current() with { Host = host, BootId = host, MountNamespace = host };
    return new ProcessWorld(self, new ProcessTable(self, events: null), RandomName.Hex);
}
