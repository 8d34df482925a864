using Ledger.Log;
using Ledger.Model;
using Ledger.Runtime;

namespace Ledger.Worker;

/// <summary>Every step of the protocol, once, one after the other, on the thread that the process began with: a tracer that
/// follows this thread alone can count its calls and kill the process at any of them. Each step is acknowledged by a line
/// once it is done.</summary>
internal sealed class ProtocolSteps(string path, LogKind kind, bool flush, TextWriter output)
{
    public const string Operation = "op";

    public void Run()
    {
        var ledger = Opening.Open(new LedgerOptions
        {
            Path = path,
            Log = kind,
            FlushBeforeAcknowledging = flush,
            KeepFinished = 0,
            Time = new StillTime(),
            HeartbeatInterval = TimeSpan.FromMilliseconds(20),
            StalenessThreshold = TimeSpan.FromMilliseconds(200),
        });
        Acknowledge("manifest");
        var core = new ParticipantCore(ledger, "steps", new StillDriver());
        core.Begin();
        Acknowledge("join");
        core.Beat();
        Acknowledge("heartbeat");
        var operation = Openings.Create(core, Operation, "every step");
        Acknowledge("create");
        Append(ledger, operation);
        core.Publisher.Publish(core.Operations, long.MaxValue / 4, isDue: false);
        Acknowledge("replace");
        core.Publisher.Publish(core.Operations, long.MaxValue / 2, isDue: true);
        Acknowledge("refresh");
        Propose(operation, new CompleteRequested());
        Acknowledge("complete");
        Housekeeper.Archive(ledger, operation.State);
        Acknowledge("archive");
        Collect(ledger);
        Openings.Create(core, "next", null);
        Acknowledge("next");
        core.Dispose();
        core.Heartbeat.End();
        Acknowledge("leave");
    }

    private void Append(LedgerContext ledger, OperationRuntime operation)
    {
        var temp = ledger.Layout.CallTemp(Operation, "call");
        var token = Propose(operation, new CallStarted("call", null)
        {
            FailOnCrash = false,
            Resources = [new Resource(ResourceKind.Directory, temp)],
        });
        Acknowledge("start");
        ledger.Disk.CreateDirectory(ledger.Layout.OperationTemp(Operation));
        ledger.Disk.CreateDirectory(temp);
        Acknowledge("temp");
        operation.Core.Publisher.Publish(operation.Core.Operations, 0, isDue: false);
        Acknowledge("publish");
        Propose(operation, new CallEnded("call", token));
        Acknowledge("end");
    }

    /// <summary>Prunes what was archived, after making it old, and sweeps what another process is supposed to have left.
    /// </summary>
    private void Collect(LedgerContext ledger)
    {
        var old = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-2);
        File.SetLastWriteTimeUtc(ledger.Layout.ArchivedSnapshot(Operation), old);
        Retention.Prune(ledger);
        Acknowledge("prune");
        var left = Path.Combine(ledger.Layout.Operations, ".0123456789abcdef.tmp");
        File.WriteAllText(left, "left");
        File.SetLastWriteTimeUtc(left, old);
        var sweep = new LeftoverSweep(ledger, output.WriteLine);
        sweep.Records();
        sweep.Temporaries();
        sweep.Leftovers();
        Acknowledge("sweep");
    }

    private static long Propose(OperationRuntime operation, EntryData data)
    {
        var outcome = operation.Replica.Propose(data)[0];
        return outcome.Accepted ? outcome.Position : throw new InvalidOperationException(outcome.Rejection);
    }

    private void Acknowledge(string step) => output.WriteLine($"ack {step}");
}
