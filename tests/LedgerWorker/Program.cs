using Ledger;
using Ledger.Worker;

// A participant that tests start, command line by line, kill and stop: LEDGER-PATH PARTICIPANT-ID. It says "ready" once it
// beats, and everything it is told of, one line each.
// Or "steps" LEDGER-PATH LOG FLUSH: every step of the protocol once, for a tracer.
if (args[0] == "steps")
{
    new ProtocolSteps(args[1], Enum.Parse<LogKind>(args[2]), bool.Parse(args[3]), Console.Out).Run();
    return;
}
var ledger = await LedgerDirectory.OpenAsync(new LedgerOptions { Path = args[0], KillGrace = TimeSpan.FromSeconds(1) });
await using var participant = await ledger.JoinAsync(args[1]);
var worker = new CommandLoop(participant, Console.Out);
worker.Say($"ready {Environment.ProcessId} {participant.Incarnation}");
while (await Console.In.ReadLineAsync() is { } line && line != "quit") await worker.RunAsync(line);
