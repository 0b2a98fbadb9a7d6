using System.Buffers.Binary;
using System.IO.Hashing;

namespace Vigie.Server;

/// <summary>
/// A record in the journal: a mark, the payload's length, a hash of the payload, the payload. The hash is seeded with the segment's salt, which no caller
/// knows: a tweet's text cannot be written so that a part of it passes for a record where the bytes before it are damaged.
/// </summary>
internal static class JournalFrame
{
    public const int HeaderBytes = 16;

    /// <summary>The most that a payload may have. A text of the largest size that the settings allow, a million code units, takes less.</summary>
    public const int LargestPayload = 16 << 20;

    /// <summary>"VGR1", in the order of a file's bytes.</summary>
    public static ReadOnlySpan<byte> Mark => "VGR1"u8;

    /// <summary>Writes the header before a payload that stands in its place already.</summary>
    /// <param name="frame">Header and payload.</param>
    /// <param name="salt">The journal's.</param>
    public static void Seal(Span<byte> frame, long salt)
    {
        Span<byte> payload = frame[HeaderBytes..];
        Mark.CopyTo(frame);
        BinaryPrimitives.WriteInt32LittleEndian(frame[4..], payload.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[8..], XxHash3.HashToUInt64(payload, salt));
    }

    /// <summary>The length of the frame that <paramref name="bytes"/> begin with; -1 where they cannot begin one. The rest of it may be missing or damaged.</summary>
    public static int LengthOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes || !bytes.StartsWith(Mark)) return -1;
        int payload = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
        return payload is > 0 and <= LargestPayload ? HeaderBytes + payload : -1;
    }

    /// <summary>Whether a whole frame is as it was written.</summary>
    public static bool IsSound(ReadOnlySpan<byte> frame, long salt) =>
        XxHash3.HashToUInt64(frame[HeaderBytes..], salt) == BinaryPrimitives.ReadUInt64LittleEndian(frame[8..]);
}

/// <summary>A place in the journal: between two records.</summary>
/// <param name="Segment">The segment's number.</param>
/// <param name="Offset">Bytes from its beginning.</param>
internal readonly record struct JournalPosition(long Segment, long Offset);
