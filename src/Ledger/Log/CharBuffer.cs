using System.Buffers;
using System.Globalization;
using System.Text;

namespace Ledger.Log;

/// <summary>Text in a buffer that is used again and again, without a string in between.</summary>
internal sealed class CharBuffer() : TextWriter(CultureInfo.InvariantCulture)
{
    private readonly ArrayBufferWriter<char> buffer = new(1024);

    public override Encoding Encoding => Encoding.UTF8;

    public ReadOnlySpan<char> Written => buffer.WrittenSpan;

    public void Clear() => buffer.ResetWrittenCount();

    public override void Write(char value)
    {
        buffer.GetSpan(1)[0] = value;
        buffer.Advance(1);
    }

    public override void Write(char[] from, int index, int count) => buffer.Write(from.AsSpan(index, count));

    public override void Write(string? value) => buffer.Write(value.AsSpan());
}
