using System.Runtime.CompilerServices;

namespace Vigie.Server;

/// <summary>What kind of record a journal's payload is: its first byte. The second one is the version of that kind's format.</summary>
internal enum RecordKind : byte
{
    Prediction = 1,
    Feedback = 2,
    Erasure = 3,
    Traffic = 4,

    /// <summary>A correction by a reviewer.</summary>
    Review = 5,
}

/// <summary>Records as bytes of the journal. A record says everything of itself: it can be read without those before it.</summary>
/// <param name="authors">Hashes people's names.</param>
/// <param name="keepText">Whether texts are kept.</param>
internal sealed class RecordFormat(AuthorHash authors, bool keepText)
{
    public const byte Version = 1;

    // The same few models answer again and again; a block goes when its model goes.
    private readonly ConditionalWeakTable<ServedModel, byte[]> models = [];

    /// <summary>Says of which kind a record is, and reads on behind that.</summary>
    /// <exception cref="IOException">A newer version of this program wrote it.</exception>
    public static RecordKind Open(ReadOnlySpan<byte> payload, out PayloadReader reader)
    {
        if (payload[1] != Version) throw new IOException($"the journal holds a record of version {payload[1]}, written by a newer Vigie; this one knows version {Version}. Update Vigie");
        reader = new PayloadReader(payload[2..]);
        return (RecordKind)payload[0] is >= RecordKind.Prediction and <= RecordKind.Review and var kind ? kind : throw new IOException($"the journal holds a record of kind {payload[0]}, written by a newer Vigie. Update Vigie");
    }

    /// <summary>The most bytes that a prediction can take.</summary>
    public int MostBytes(PredictionRecord record) => 160
        + PayloadWriter.MostBytes(record.Text) + PayloadWriter.MostBytes(record.TweetId?.Text) + PayloadWriter.MostBytes(record.Language)
        + BlockOf(record.Model).Length + (record.Shadow is { } shadow ? BlockOf(shadow.Model).Length : 0);

    /// <summary>Writes a prediction.</summary>
    /// <returns>Bytes written.</returns>
    public int Write(PredictionRecord record, Span<byte> room)
    {
        long? author = authors.Of(record.Author);
        var writer = new PayloadWriter(room);
        writer.Byte((byte)RecordKind.Prediction);
        writer.Byte(Version);
        writer.Id(record.Id);
        writer.Int64(record.At.ToUnixTimeMilliseconds());
        writer.Bytes(BlockOf(record.Model));
        writer.Byte((byte)record.Part);
        writer.Byte((byte)record.Label);
        writer.Double(record.ProbabilityPositive);
        writer.Double(record.Confidence);
        writer.Double(record.UnknownShare);
        writer.Int64((long)record.Latency.TotalMicroseconds);
        writer.Int64(record.Text.Length);
        writer.Text(keepText ? record.Text : null);
        writer.Text(record.TweetId?.Text);
        writer.Byte(record.TweetId is { IsNumber: true } ? (byte)1 : (byte)0);
        writer.Text(record.Language);
        writer.Byte(author is null ? (byte)0 : (byte)1);
        writer.Int64(author ?? 0);
        writer.Byte(record.Shadow is null ? (byte)0 : (byte)1);
        if (record.Shadow is { } shadow)
        {
            writer.Bytes(BlockOf(shadow.Model));
            writer.Byte((byte)shadow.Label);
            writer.Double(shadow.ProbabilityPositive);
        }

        return writer.Length;
    }

    /// <summary>Writes a correction.</summary>
    public byte[] Write(FeedbackRecord record)
    {
        long? reporter = authors.Of(record.Reporter);
        byte[] room = new byte[96 + PayloadWriter.MostBytes(record.Text) + PayloadWriter.MostBytes(record.Comment) + PayloadWriter.MostBytes(record.Reporter)];
        var writer = new PayloadWriter(room);
        writer.Byte((byte)(record.IsReview ? RecordKind.Review : RecordKind.Feedback));
        writer.Byte(Version);
        writer.Id(record.Id);
        writer.Int64(record.At.ToUnixTimeMilliseconds());
        writer.Byte(record.Prediction is null ? (byte)0 : (byte)1);
        writer.Id(record.Prediction ?? default);
        writer.Text(keepText ? record.Text : null);
        writer.Byte((byte)(record.Predicted is { } predicted ? (int)predicted + 1 : 0));
        writer.Byte((byte)record.Label);
        writer.Byte(reporter is null ? (byte)0 : (byte)1);
        writer.Int64(reporter ?? 0);
        writer.Text(record.Comment);
        if (record.IsReview)
        {
            writer.Text(record.Reporter);
            writer.Byte(record.Settles ? (byte)1 : (byte)0);
        }

        return room[..writer.Length];
    }

    /// <summary>Writes an erasure.</summary>
    public static byte[] Write(ErasureRecord record)
    {
        byte[] room = new byte[64 + PayloadWriter.MostBytes(record.TweetId)];
        var writer = new PayloadWriter(room);
        writer.Byte((byte)RecordKind.Erasure);
        writer.Byte(Version);
        writer.Id(record.Id);
        writer.Int64(record.At.ToUnixTimeMilliseconds());
        writer.Text(record.TweetId);
        writer.Byte(record.Author is null ? (byte)0 : (byte)1);
        writer.Int64(record.Author ?? 0);
        return room[..writer.Length];
    }

    /// <summary>Writes counts of requests.</summary>
    public static byte[] Write(TrafficRecord record)
    {
        byte[] room = new byte[64];
        var writer = new PayloadWriter(room);
        writer.Byte((byte)RecordKind.Traffic);
        writer.Byte(Version);
        writer.Id(record.Id);
        writer.Int64(record.Minute);
        writer.Int64(record.Counts.Succeeded);
        writer.Int64(record.Counts.Refused);
        writer.Int64(record.Counts.Failed);
        return room[..writer.Length];
    }

    private byte[] BlockOf(ServedModel model) => models.TryGetValue(model, out byte[]? block) ? block : models.GetValue(model, static model =>
    {
        byte[] room = new byte[PayloadWriter.MostBytes(model.Digest) + PayloadWriter.MostBytes(model.Name) + PayloadWriter.MostBytes(model.Version) + PayloadWriter.MostBytes(model.RunId)];
        var writer = new PayloadWriter(room);
        writer.Text(model.Digest);
        writer.Text(model.Name);
        writer.Text(model.Version);
        writer.Text(model.RunId);
        return room[..writer.Length];
    });
}
