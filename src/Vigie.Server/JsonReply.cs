using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Vigie.Server;

/// <summary>Answers that are put together in memory, and sent at once and whole: with their length, and in the same packet as their headers.</summary>
internal static class JsonReply
{
    // An explanation of a long text may take more; what a thread keeps must stay small.
    private const int LargestKept = 64 << 10;

    [ThreadStatic]
    private static (ArrayBufferWriter<byte> Bytes, Utf8JsonWriter Json) kept;

    /// <summary>Leaves an answer to be sent when the request's handling has ended; nothing may be written after it.</summary>
    public static void Write<T>(HttpResponse response, T answer, JsonTypeInfo<T> type, string mediaType = "application/json")
    {
        (ArrayBufferWriter<byte> bytes, Utf8JsonWriter json) = Take();
        JsonSerializer.Serialize(json, answer, type);
        json.Flush();
        response.ContentType = mediaType;
        response.ContentLength = bytes.WrittenCount;
        response.BodyWriter.Write(bytes.WrittenSpan);
        if (bytes.Capacity <= LargestKept) kept = (bytes, json);
    }

    // What a failure left half written is not put back.
    private static (ArrayBufferWriter<byte> Bytes, Utf8JsonWriter Json) Take()
    {
        (ArrayBufferWriter<byte> Bytes, Utf8JsonWriter Json) taken = kept;
        kept = default;
        if (taken.Bytes is null)
        {
            taken.Bytes = new ArrayBufferWriter<byte>(1024);
            taken.Json = new Utf8JsonWriter(taken.Bytes, AnswerWriter.Format);
        }
        else
        {
            taken.Bytes.ResetWrittenCount();
            taken.Json.Reset();
        }

        return taken;
    }
}
