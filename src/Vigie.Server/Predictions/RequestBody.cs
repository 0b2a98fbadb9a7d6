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

    /// <summary>Makes sure that a body announces itself as JSON.</summary>
    /// <exception cref="RequestException">415: it does not.</exception>
    public static void CheckJson(HttpRequest request)
    {
        MediaTypeHeaderValue type = TypeOf(request, "application/json");
        if (!type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) && !type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase))
            throw RequestException.WrongMediaType($"Content-Type is {type.MediaType}; expected application/json");
    }

    /// <summary>The kind of body that a request announces.</summary>
    /// <param name="request">The request.</param>
    /// <param name="expected">What would be right.</param>
    /// <exception cref="RequestException">415: none, or not in UTF-8.</exception>
    public static MediaTypeHeaderValue TypeOf(HttpRequest request, string expected)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type))
            throw RequestException.WrongMediaType($"Content-Type is {(string.IsNullOrEmpty(request.ContentType) ? "missing" : "malformed")}; expected {expected}");
        if (type.Charset.HasValue && !HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            throw RequestException.WrongMediaType("Content-Type names a charset other than utf-8");
        return type;
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
