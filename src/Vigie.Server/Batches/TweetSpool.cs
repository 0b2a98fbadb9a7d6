using System.Globalization;

namespace Vigie.Server;

/// <summary>
/// The tweets of a batch between being checked and being answered, in chunks: the first in memory, the others in a file. Written once, then read once, in order.
/// </summary>
internal sealed class TweetSpool(SpoolFolder folder, BatchOptions options, int maxTweets) : IDisposable
{
    /// <summary>Most tweets of a chunk, which one processor answers in one go.</summary>
    public const int ChunkTweets = 256;

    /// <summary>A chunk with so many bytes takes no more tweets: an explanation is many times as large as its tweet.</summary>
    private const int ChunkBytes = 64 << 10;

    private readonly Queue<TweetChunk> chunks = [];
    private TweetChunk? open;
    private SpoolFile? file;
    private long held;

    /// <summary>How many tweets there are.</summary>
    public int Count { get; private set; }

    /// <summary>Whether any of them asks for an explanation itself.</summary>
    public bool AnyExplained { get; private set; }

    /// <summary>Keeps a tweet.</summary>
    /// <exception cref="RequestException">There are too many, or there is no room.</exception>
    public void Add(PredictionRequest tweet)
    {
        if (Count == maxTweets)
            throw RequestException.TooLarge(string.Create(CultureInfo.InvariantCulture, $"there are more than {maxTweets} tweets, the most that one batch may hold"));
        Count++;
        AnyExplained |= tweet.Explain == true;
        open ??= TweetChunk.Rent(ChunkBytes);
        open.Add(tweet);
        if (open.Count >= ChunkTweets || open.Length >= ChunkBytes) Close();
    }

    /// <summary>Takes the next chunk out; the caller disposes it. Null at the end.</summary>
    public TweetChunk? Next()
    {
        if (open is not null) Close();
        return chunks.TryDequeue(out TweetChunk? chunk) ? chunk : file?.Next();
    }

    public void Dispose()
    {
        open?.Dispose();
        foreach (TweetChunk chunk in chunks) chunk.Dispose();
        chunks.Clear();
        file?.Dispose();
    }

    private void Close()
    {
        TweetChunk full = open!;
        open = null;
        if (file is null && held + full.Capacity <= options.Memory)
        {
            held += full.Capacity;
            chunks.Enqueue(full);
            return;
        }

        using (full)
        {
            file ??= folder.Create();
            file.Add(full);
        }
    }
}
