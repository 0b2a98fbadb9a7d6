using System.Buffers;
using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace Vigie.Server;

/// <summary>A request's body in memory; small ones on loan from a pool.</summary>
internal sealed class RequestBody : IDisposable
{
    private const int LargestPooled = 1 << 20; // what a pool is given it keeps, and large batches are rare
    private byte[] buffer = ArrayPool<byte>.Shared.Rent(4096);
    private int length;

    private RequestBody()
    {
    }

    /// <summary>The bytes, without a byte order mark.</summary>
    public ReadOnlyMemory<byte> Bytes
    {
        get
        {
            ReadOnlyMemory<byte> all = buffer.AsMemory(0, length);
            return all.Span.StartsWith("\uFEFF"u8) ? all[3..] : all;
        }
    }

    /// <summary>Reads the whole body. Memory grows with what has arrived, not with what a header promises.</summary>
    /// <exception cref="RequestException">It is larger than allowed.</exception>
    public static async Task<RequestBody> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellation)
    {
        if (request.ContentLength > maxBytes) throw TooLarge(maxBytes);
        int most = (int)(request.ContentLength ?? maxBytes) + 1; // one more, to read the end, or that there is none
        var body = new RequestBody();
        try
        {
            int read;
            while ((read = await request.Body.ReadAsync(body.buffer.AsMemory(body.length), cancellation)) > 0)
            {
                body.length += read;
                if (body.length > maxBytes) throw TooLarge(maxBytes);
                if (body.length == body.buffer.Length) body.Resize(Doubled(body.length, most));
            }

            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <summary>The kind of body a request announces.</summary>
    /// <param name="request">The request.</param>
    /// <param name="lines">Whether JSON lines are taken too.</param>
    /// <returns>Whether it is JSON lines.</returns>
    /// <exception cref="RequestException">It is neither.</exception>
    public static bool IsLines(HttpRequest request, bool lines)
    {
        string expected = lines ? "application/json or application/x-ndjson" : "application/json";
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type))
            throw RequestException.WrongMediaType($"Content-Type is {(string.IsNullOrEmpty(request.ContentType) ? "missing" : "malformed")}; expected {expected}");
        if (type.Charset.HasValue && !HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            throw RequestException.WrongMediaType("Content-Type names a charset other than utf-8");
        if (lines && JsonLines.Is(type)) return true;
        if (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase)) return false;
        throw RequestException.WrongMediaType($"Content-Type is {type.MediaType}; expected {expected}");
    }

    public void Dispose()
    {
        Return(buffer);
        buffer = [];
        length = 0;
    }

    /// <summary>Twice as much, and no more than <paramref name="most"/>.</summary>
    internal static int Doubled(int length, int most) => (int)Math.Min(2L * length, most);

    private void Resize(int size)
    {
        byte[] larger = size <= LargestPooled ? ArrayPool<byte>.Shared.Rent(size) : GC.AllocateUninitializedArray<byte>(size);
        buffer.AsSpan(0, length).CopyTo(larger);
        Return(buffer);
        buffer = larger;
    }

    private static void Return(byte[] buffer)
    {
        if (buffer.Length is > 0 and <= LargestPooled) ArrayPool<byte>.Shared.Return(buffer);
    }

    private static RequestException TooLarge(int maxBytes) =>
        RequestException.TooLarge(string.Create(CultureInfo.InvariantCulture, $"the body is larger than {maxBytes} bytes, the most that is taken here"));
}

/// <summary>One JSON value a line, under any of the names that are in use for it.</summary>
internal static class JsonLines
{
    public const string MediaType = "application/x-ndjson";

    public static IReadOnlyList<string> MediaTypes { get; } = [MediaType, "application/ndjson", "application/jsonl"];

    public static bool Is(MediaTypeHeaderValue type) => MediaTypes.Contains(type.MediaType.Value, StringComparer.OrdinalIgnoreCase);
}
