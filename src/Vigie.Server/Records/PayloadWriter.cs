using System.Buffers.Binary;
using System.Text;

namespace Vigie.Server;

/// <summary>Writes values one after the other: numbers big-endian, texts as their length in bytes and UTF-8, -1 for none.</summary>
internal ref struct PayloadWriter(Span<byte> room)
{
    private readonly Span<byte> room = room;

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    public void Byte(byte value) => room[Length++] = value;

    public void Int64(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(room[Length..], value);
        Length += sizeof(long);
    }

    public void Double(double value)
    {
        BinaryPrimitives.WriteDoubleBigEndian(room[Length..], value);
        Length += sizeof(double);
    }

    public void Id(PredictionId id)
    {
        BinaryPrimitives.WriteUInt128BigEndian(room[Length..], id.Bits);
        Length += 16;
    }

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        BinaryPrimitives.WriteInt32BigEndian(room[Length..], bytes.Length);
        bytes.CopyTo(room[(Length + sizeof(int))..]);
        Length += sizeof(int) + bytes.Length;
    }

    public void Text(string? text)
    {
        int bytes = text is null ? -1 : Encoding.UTF8.GetBytes(text, room[(Length + sizeof(int))..]);
        BinaryPrimitives.WriteInt32BigEndian(room[Length..], bytes);
        Length += sizeof(int) + Math.Max(bytes, 0);
    }

    /// <summary>The most bytes that a text can take.</summary>
    public static int MostBytes(string? text) => sizeof(int) + 3 * (text?.Length ?? 0);
}

/// <summary>Reads what <see cref="PayloadWriter"/> wrote, without copying it.</summary>
internal ref struct PayloadReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> bytes = bytes;
    private int at;

    public byte Byte() => bytes[at++];

    public long Int64() => BinaryPrimitives.ReadInt64BigEndian(Next(sizeof(long)));

    public double Double() => BinaryPrimitives.ReadDoubleBigEndian(Next(sizeof(double)));

    /// <summary>An id's 16 bytes, in the order of their numbers.</summary>
    public ReadOnlySpan<byte> Id() => Next(16);

    /// <summary>A text's bytes, and whether there is one.</summary>
    public ReadOnlySpan<byte> Text(out bool present)
    {
        int length = BinaryPrimitives.ReadInt32BigEndian(Next(sizeof(int)));
        present = length >= 0;
        return Next(Math.Max(length, 0));
    }

    /// <summary>A number that may be missing.</summary>
    public long? Number()
    {
        bool present = Byte() != 0;
        long value = Int64();
        return present ? value : null;
    }

    public string? String()
    {
        ReadOnlySpan<byte> text = Text(out bool present);
        return present ? Encoding.UTF8.GetString(text) : null;
    }

    private ReadOnlySpan<byte> Next(int count)
    {
        at += count;
        return bytes.Slice(at - count, count);
    }
}
