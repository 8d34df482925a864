using Ledger.Model;
using Ledger.Model.Groups;
using Newtonsoft.Json;

namespace Ledger.Log.Groups;

/// <summary>A supervisor of a group's state, to JSON and back.</summary>
internal static class SupervisorCodec
{
    /// <summary>Writes its fields into an object that is already open.</summary>
    public static void Write(JsonWriter w, SupervisorEntry s)
    {
        w.Field("part", "supervisor").Field("supervisorId", s.SupervisorId).Field("settings", s.Settings)
            .Field("place", s.Place).Field("registeredAt", s.RegisteredAt).Field("state", Wire.Name(s.Status))
            .Field("since", s.Since).Field("incarnation", s.Incarnation).Field("owner", s.Owner)
            .Field("ownerLost", s.OwnerLost).Field("run", s.Run).Field("attempts", s.Attempts).Field("backoffMs", s.BackoffMs)
            .Field("program", s.Program).Field("stopWanted", s.StopWanted).Field("reason", s.Reason)
            .Field("lastRestartAttempt", s.LastRestartAttempt);
        if (s.Reservation is { } r)
            w.Field("executor", r.Executor).Field("attempt", r.Attempt).Field("tokenHash", r.TokenHash);
    }

    /// <summary>Reads them.</summary>
    public static SupervisorEntry Read(JsonFields f) => new(f.Id("supervisorId"), SettingsCodec.Settings(f.Object("settings")),
        ValueCodec.Process(f.Object("place")), f.Number("registeredAt"))
    {
        Status = f.Name<SupervisorStatus>("state"),
        Since = f.Number("since"),
        Incarnation = f.OptionalText("incarnation"),
        Owner = f.OptionalText("owner"),
        OwnerLost = f.Flag("ownerLost"),
        Run = f.Number("run"),
        Attempts = f.Int("attempts"),
        BackoffMs = f.Number("backoffMs"),
        Program = SettingsCodec.Program(f.OptionalObject("program")),
        StopWanted = f.Flag("stopWanted"),
        Reason = f.OptionalText("reason"),
        LastRestartAttempt = f.OptionalText("lastRestartAttempt"),
        Reservation = f.OptionalText("executor") is { } executor
            ? new Reservation(executor, f.Int("attempt"), f.OptionalText("tokenHash")) : null,
    };
}
