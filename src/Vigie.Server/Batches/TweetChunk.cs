using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace Vigie.Server;

/// <summary>Some tweets as bytes: of each the fields that it has, a byte that says which, then their values.</summary>
internal sealed class TweetChunk : IDisposable
{
    private byte[] bytes;

    private TweetChunk(byte[] bytes) => this.bytes = bytes;

    [Flags]
    private enum Has : byte
    {
        Nothing = 0,
        Id = 1,
        IdIsNumber = 2,
        Author = 4,
        Language = 8,
        Explain = 16,
        Explained = 32,
        Threshold = 64,
    }

    /// <summary>How many tweets there are.</summary>
    public int Count { get; private set; }

    /// <summary>How many bytes they take.</summary>
    public int Length { get; private set; }

    /// <summary>How many bytes are held for them.</summary>
    public int Capacity => bytes.Length;

    /// <summary>The bytes.</summary>
    public Span<byte> Bytes => bytes.AsSpan(0, Length);

    /// <summary>An empty one.</summary>
    public static TweetChunk Rent(int capacity) => new(ArrayPool<byte>.Shared.Rent(capacity));

    /// <summary>One whose bytes are yet to be filled in.</summary>
    public static TweetChunk Rent(int length, int count) => new(ArrayPool<byte>.Shared.Rent(length)) { Length = length, Count = count };

    public void Add(PredictionRequest tweet)
    {
        Has has = (tweet.Id is { } id ? id.IsNumber ? Has.Id | Has.IdIsNumber : Has.Id : 0) | (tweet.Author is null ? 0 : Has.Author) | (tweet.Language is null ? 0 : Has.Language)
            | (tweet.Explain is { } explain ? explain ? Has.Explain | Has.Explained : Has.Explain : 0) | (tweet.Threshold is null ? 0 : Has.Threshold);
        Reserve(1 + sizeof(double));
        bytes[Length++] = (byte)has;
        if (tweet.Threshold is { } threshold)
        {
            MemoryMarshal.Write(bytes.AsSpan(Length), threshold);
            Length += sizeof(double);
        }

        Write(tweet.Text);
        if (tweet.Id is { } value) Write(value.Text);
        if (tweet.Author is { } author) Write(author);
        if (tweet.Language is { } language) Write(language);
        Count++;
    }

    /// <summary>The tweets again.</summary>
    /// <param name="explain">For those that do not say it.</param>
    /// <param name="threshold">For those that do not say it.</param>
    public PredictionRequest[] Read(bool? explain, double? threshold)
    {
        var tweets = new PredictionRequest[Count];
        int at = 0;
        for (int i = 0; i < tweets.Length; i++)
        {
            var has = (Has)bytes[at++];
            double? own = null;
            if (has.HasFlag(Has.Threshold))
            {
                own = MemoryMarshal.Read<double>(bytes.AsSpan(at));
                at += sizeof(double);
            }

            tweets[i] = new PredictionRequest
            {
                Text = Text(ref at),
                Id = has.HasFlag(Has.Id) ? new TweetId(Text(ref at), has.HasFlag(Has.IdIsNumber)) : null,
                Author = has.HasFlag(Has.Author) ? Text(ref at) : null,
                Language = has.HasFlag(Has.Language) ? Text(ref at) : null,
                Explain = has.HasFlag(Has.Explain) ? has.HasFlag(Has.Explained) : explain,
                Threshold = own ?? threshold,
            };
        }

        return tweets;
    }

    public void Dispose()
    {
        if (bytes.Length > 0) ArrayPool<byte>.Shared.Return(bytes);
        bytes = [];
    }

    // Parsers let nothing through that UTF-8 could not hold.
    private void Write(string text)
    {
        Reserve(sizeof(int) + (3 * text.Length)); // a UTF-16 unit takes at most 3 bytes
        int length = Encoding.UTF8.GetBytes(text, bytes.AsSpan(Length + sizeof(int)));
        MemoryMarshal.Write(bytes.AsSpan(Length), length);
        Length += sizeof(int) + length;
    }

    private string Text(ref int at)
    {
        int length = MemoryMarshal.Read<int>(bytes.AsSpan(at));
        string text = Encoding.UTF8.GetString(bytes, at + sizeof(int), length);
        at += sizeof(int) + length;
        return text;
    }

    private void Reserve(int more)
    {
        if (bytes.Length - Length >= more) return;
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(2 * bytes.Length, Length + more));
        Bytes.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(bytes);
        bytes = larger;
    }
}
