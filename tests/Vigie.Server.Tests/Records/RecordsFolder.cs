using System.Text;
using Microsoft.Extensions.Logging.Abstractions;

namespace Vigie.Server.Tests;

/// <summary>A folder for records that goes when the test ends.</summary>
public sealed class RecordsFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("vigie-records-").FullName;

    public string Records => System.IO.Path.Combine(Path, "records");

    public string Journal => System.IO.Path.Combine(Records, "journal");

    public string Database => System.IO.Path.Combine(Records, "records.db");

    public string Secret => System.IO.Path.Combine(Path, "secret");

    public ServerOptions Options => RunningServer.Unlimited with { Records = new RecordOptions { Enabled = true, Folder = Records }, SecretFile = Secret };

    /// <summary>The files that hold a text as it is, as UTF-8.</summary>
    public string[] FilesWith(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return [.. Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories).Where(file => Read(file).AsSpan().IndexOf(bytes) >= 0)];
    }

    /// <summary>The answer of the database to a question with one number.</summary>
    public long Ask(string sql)
    {
        using RecordDatabase open = RecordDatabase.OpenToRead(Database);
        return open.Number(sql);
    }

    /// <summary>Waits until the database answers a question so.</summary>
    public async Task UntilAsync(string sql, long expected)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!File.Exists(Database) || Answer() != expected)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(60), $"{sql} is still {(File.Exists(Database) ? Answer() : "without a database")}, not {expected}");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        long? Answer()
        {
            try
            {
                return Ask(sql);
            }
            catch (Microsoft.Data.Sqlite.SqliteException)
            {
                return null; // not made yet
            }
        }
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static byte[] Read(string file)
    {
        try
        {
            // The journal's mark of ownership cannot be read by another; it is empty.
            return System.IO.Path.GetFileName(file) == "owner" ? [] : File.ReadAllBytes(file);
        }
        catch (FileNotFoundException)
        {
            return []; // a segment that went meanwhile
        }
    }
}

/// <summary>Records as tests need them.</summary>
internal static class SomeRecords
{
    private static readonly byte[] Secret = new byte[32];

    public static RecordFormat Format { get; } = new(new AuthorHash(Secret), keepText: true);

    public static AuthorHash Authors { get; } = new(Secret);

    public static PredictionIds Ids(TimeProvider clock) => new(clock, Secret, 7);

    public static PredictionRecord Prediction(PredictionId id, string text = "Lovely crew", TweetId? tweet = null, string? author = null, ServedModel? model = null, int latency = 100) => new()
    {
        Id = id,
        At = id.At,
        Model = model ?? SmallModels.TwoClasses,
        Part = ModelPart.Champion,
        Text = text,
        TweetId = tweet,
        Author = author,
        Language = "en",
        Label = Tweets.Sentiment.Positive,
        ProbabilityPositive = 0.9,
        Confidence = 0.9,
        UnknownShare = 0.25,
        Latency = TimeSpan.FromMicroseconds(latency),
    };

    public static FeedbackRecord Feedback(PredictionId id, PredictionId? prediction, Tweets.Sentiment label = Tweets.Sentiment.Negative) => new() { Id = id, At = id.At, Prediction = prediction, Label = label };

    public static byte[] Payload(PredictionRecord record)
    {
        byte[] room = new byte[Format.MostBytes(record)];
        return room[..Format.Write(record, room)];
    }

    public static byte[] Frame(byte[] payload, long salt)
    {
        byte[] frame = [.. new byte[JournalFrame.HeaderBytes], .. payload];
        JournalFrame.Seal(frame, salt);
        return frame;
    }

    public static RecordStore Open(RecordsFolder folder, TimeProvider? clock = null, Func<Erased, bool>? erased = null)
    {
        Directory.CreateDirectory(folder.Records);
        return RecordStore.Open(folder.Database, clock ?? TimeProvider.System, erased ?? (_ => false));
    }

    /// <summary>Takes payloads over, one place further on.</summary>
    public static IReadOnlyList<(PredictionId Id, ErasureCounts Counts)> Take(this IRecordStore store, params byte[][] payloads) =>
        store.Take(payloads.Select(payload => (ReadOnlyMemory<byte>)payload), new JournalPosition(1, store.Moved.Offset + 1));

    public static NullLogger Silence => NullLogger.Instance;
}
