using System.Globalization;
using System.Text;
using Ledger.Cli.Shared;
using Ledger.Hosting.Processes;
using Ledger.Model;
using Ledger.Platform;
using Newtonsoft.Json;

namespace Ledger.Cli.Run;

/// <summary>The wrapper's own events, as JSON lines on a descriptor that was passed on for them; a contract. The command
/// does not get that descriptor. Nobody may be reading: what cannot be written is dropped.</summary>
internal sealed class StatusEvents(int? descriptor)
{
    private const int CloseOnExec = 0x80000;

    private readonly Lock gate = new();

    /// <summary>True if the descriptor is one that this process was given, and that takes what is written.</summary>
    public static bool IsOpen(int descriptor)
    {
        if (descriptor < 1 || !Libc.WriteDescriptor(descriptor, [])) return false;
        // Files the runtime opened for itself are marked to be closed; inherited ones are not.
        var info = Procfs.Read(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fdinfo/{descriptor}"));
        var flags = info?.Split('\n').FirstOrDefault(line => line.StartsWith("flags:", StringComparison.Ordinal));
        return flags is null || (Convert.ToInt64(flags["flags:".Length..].Trim(), 8) & CloseOnExec) == 0;
    }

    public void Joined(LedgerParticipant participant, string operationId) => Write("joined", w => w
        .Nullable("participantId", participant.Id)
        .Nullable("operationId", operationId)
        .Nullable("incarnation", participant.Incarnation));

    public void Started(Call call, ChildCommand command) => Write("started", w => w
        .Nullable("callId", call.CallId)
        .Nullable("pid", command.Pid)
        .Nullable("pgid", command.Pgid)
        .Nullable("fencingToken", call.FencingToken));

    public void Exited(ExitStatus status) => Write("exited", w => w
        .Nullable("code", status.Code)
        .Nullable("signal", status.Signal));

    public void Cleanup(Cause? cause) => Write("cleanup", w =>
    {
        w.WritePropertyName("cause");
        if (cause is null)
        {
            w.WriteNull();
            return;
        }

        w.WriteStartObject();
        w.Nullable("type", Wire.Name(cause.Type))
            .Nullable("callId", cause.CallId)
            .Nullable("participantId", cause.ParticipantId)
            .Nullable("reason", cause.Reason);
        w.WriteEndObject();
    });

    public void Left(int exitCode) => Write("left", w => w.Nullable("exitCode", exitCode));

    private void Write(string name, Action<JsonWriter> fields)
    {
        if (descriptor is not { } target) return;
        var line = JsonLines.Object(w =>
        {
            w.Nullable("event", name);
            fields(w);
        });
        lock (gate) _ = Libc.WriteDescriptor(target, Encoding.UTF8.GetBytes(line + '\n'));
    }
}
