using System.Globalization;
using System.Text;
using Ledger.Model;
using Newtonsoft.Json;

namespace Ledger.Log;

/// <summary>The text of an operation's file: a state as JSON, in which newer heartbeats can take the places of older ones without
/// its being written out again.</summary>
internal sealed class SnapshotText
{
    private const int Unknown = -1, Odd = -2, BeatLength = 24; // 2026-01-31T23:59:59.999Z

    private readonly OperationState state;
    private readonly int[] places;

    public SnapshotText(OperationState state, Func<string, Life> life)
    {
        this.state = state;
        Bytes = Render(state, life);
        places = [.. PlacesOfBeats(Bytes)];
    }

    /// <summary>The whole file. <see cref="TryRefresh"/> changes it, never its length.</summary>
    public byte[] Bytes { get; }

    /// <summary>The text of a state.</summary>
    public static byte[] Render(OperationState state, Func<string, Life> life)
    {
        var text = new StringBuilder(2048);
        using (var w = new JsonTextWriter(new StringWriter(text, CultureInfo.InvariantCulture)) { Formatting = Formatting.Indented })
        {
            w.WriteStartObject();
            StateJson.Write(w, state, life);
            w.WriteEndObject();
        }
        return Encoding.UTF8.GetBytes(text.Append('\n').ToString());
    }

    /// <summary>Makes it what <see cref="Render"/> would give now. False when only that can: the state is another one, or whose
    /// heartbeats are known. Then this text is of no use any more.</summary>
    public bool TryRefresh(OperationState now, Func<string, Life> life)
    {
        if (!ReferenceEquals(now, state)) return false;
        var next = 0;
        foreach (var beat in StateJson.Beats(state, life))
        {
            var place = next < places.Length ? places[next++] : Odd;
            if (place == Odd || (place == Unknown) != (beat is null)) return false;
            if (beat is not null && !TryCopy(beat, place)) return false;
        }
        return next == places.Length;
    }

    private bool TryCopy(string beat, int place)
    {
        if (beat.Length != BeatLength) return false;
        foreach (var c in beat)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or ':' or '.')) return false;
            Bytes[place++] = (byte)c;
        }
        return true;
    }

    /// <summary>Where heartbeats are, in the order of the text. Within a text its quotes are escaped, so that the name of the field
    /// is found nowhere else.</summary>
    private static List<int> PlacesOfBeats(ReadOnlySpan<byte> text)
    {
        var name = "\"lastHeartbeat\": "u8;
        var found = new List<int>();
        var at = 0;
        for (int step; (step = text[at..].IndexOf(name)) >= 0;)
        {
            at += step + name.Length;
            if (text[at] == (byte)'n') found.Add(Unknown);
            else if (text[at] == (byte)'"') found.Add(text[at + 1 + BeatLength] == (byte)'"' ? at + 1 : Odd);
        }
        return found;
    }
}
