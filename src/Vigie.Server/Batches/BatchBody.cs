using System.Buffers;
using System.Globalization;

namespace Vigie.Server;

/// <summary>Reads the body of a batch as it arrives, checking every tweet, and keeps the tweets until all are known to be right.</summary>
internal static class BatchBody
{
    private const int Piece = 64 << 10;

    /// <summary>Reads to the body's end.</summary>
    /// <param name="request">The request.</param>
    /// <param name="parser">Of its form.</param>
    /// <param name="options">The limits.</param>
    /// <param name="cancellation">The caller has gone.</param>
    /// <exception cref="RequestException">The body is larger than allowed, is not of its form, or a tweet is wrong.</exception>
    public static async Task ReadAsync(HttpRequest request, BatchParser parser, ServerOptions options, CancellationToken cancellation)
    {
        if (request.ContentLength > options.MaxBodyBytes) throw TooLarge(options.MaxBodyBytes);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Piece);
        try
        {
            long total = 0;
            for (int start = 0, end = 0; ;)
            {
                // Whole pieces, however small the packets are: what does not hold a whole tweet is looked at again with the next.
                int read;
                while ((read = await request.Body.ReadAsync(buffer.AsMemory(end), cancellation)) > 0)
                {
                    if ((total += read) > options.MaxBodyBytes) throw TooLarge(options.MaxBodyBytes);
                    if ((end += read) == buffer.Length) break;
                }

                if (total == end - start && total >= 3 && buffer.AsSpan(0, 3).SequenceEqual("\uFEFF"u8)) start = 3; // at the body's begin
                start += parser.Take(new ArraySegment<byte>(buffer, start, end - start), last: read == 0);
                if (read == 0) return;
                buffer = Rest(buffer, ref start, ref end, options.MaxSingleBodyBytes);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // Moves what is left to the front; into a larger buffer where it fills this one.
    private static byte[] Rest(byte[] buffer, ref int start, ref int end, int maxTweetBytes)
    {
        int length = end - start;
        byte[] target = buffer;
        if (start == 0)
        {
            if (length >= maxTweetBytes)
                throw RequestException.TooLarge(string.Create(CultureInfo.InvariantCulture, $"one tweet, or one value beside the tweets, is larger than {maxTweetBytes} bytes"));
            target = ArrayPool<byte>.Shared.Rent(2 * length);
        }

        buffer.AsSpan(start, length).CopyTo(target);
        if (target != buffer) ArrayPool<byte>.Shared.Return(buffer);
        (start, end) = (0, length);
        return target;
    }

    private static RequestException TooLarge(int maxBytes) =>
        RequestException.TooLarge(string.Create(CultureInfo.InvariantCulture, $"the body is larger than {maxBytes} bytes, the most that is taken here"));
}
