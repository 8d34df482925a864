using System.Globalization;
using System.Text;
using Ledger.Model;
using Newtonsoft.Json;

namespace Ledger.Log;

/// <summary><c>ledger.json</c>, to bytes and back.</summary>
internal static class ManifestCodec
{
    public static byte[] Write(Manifest m, int foldVersion)
    {
        var text = new StringBuilder();
        using (var w = new JsonTextWriter(new StringWriter(text, CultureInfo.InvariantCulture)) { Formatting = Formatting.Indented })
        {
            w.WriteStartObject();
            w.Field("format", Manifest.Format).Field("foldVersion", foldVersion).Field("ledgerId", m.LedgerId)
                .Field("log", m.Log).Field("heartbeatIntervalMs", m.HeartbeatIntervalMs)
                .Field("stalenessThresholdMs", m.StalenessThresholdMs)
                .Field("flushBeforeAcknowledging", m.FlushBeforeAcknowledging).Field("created", m.Created);
            w.WriteEndObject();
        }
        return Encoding.UTF8.GetBytes(text.Append('\n').ToString());
    }

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="LedgerVersionException">It is of another version.</exception>
    /// <exception cref="LedgerStorageException">It is no manifest.</exception>
    public static Manifest Read(string path, byte[] bytes, int foldVersion)
    {
        try
        {
            var f = JsonFields.Parse(bytes);
            if (f.Number("format") is var format && format != Manifest.Format)
                throw new LedgerVersionException(path, "ledger's format", format, Manifest.Format);
            if (f.Number("foldVersion") is var fold && fold != foldVersion)
                throw new LedgerVersionException(path, "ledger's fold", fold, foldVersion);
            var manifest = new Manifest(f.Text("ledgerId"), f.Text("log"), f.Duration("heartbeatIntervalMs"),
                f.Duration("stalenessThresholdMs"), f.Text("created"))
            { FlushBeforeAcknowledging = f.OptionalFlag("flushBeforeAcknowledging") };
            if (manifest.HeartbeatIntervalMs <= 0 || manifest.StalenessThresholdMs < manifest.HeartbeatIntervalMs)
                throw new FormatException("its interval and threshold make no sense");
            return manifest;
        }
        catch (FormatException e)
        {
            throw new LedgerStorageException(path, $"This is no ledger's manifest: {e.Message}. Name another directory", e);
        }
    }
}
