using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>What a record of the past is.</summary>
internal enum PastKind
{
    /// <summary>A prediction.</summary>
    Prediction,

    /// <summary>A correction.</summary>
    Correction,

    /// <summary>Requests that were answered.</summary>
    Requests,
}

/// <summary>Something that happened. Which members say something depends on its kind.</summary>
internal readonly record struct PastRecord(PastKind Kind, DateTimeOffset At)
{
    /// <summary>Of a prediction and a correction: the id of itself; null where nobody asks for it.</summary>
    public string? Id { get; init; }

    /// <summary>The model that predicted: its digest, or its name where that is all there is.</summary>
    public PastModel? Model { get; init; }

    public ModelPart Part { get; init; }

    /// <summary>What was predicted; null where a correction does not say it.</summary>
    public Sentiment? Predicted { get; init; }

    public double Confidence { get; init; }

    public double UnknownShare { get; init; }

    /// <summary>In microseconds.</summary>
    public long Latency { get; init; }

    /// <summary>In UTF-16 code units.</summary>
    public long Length { get; init; }

    /// <summary>The tweet; null where it is not kept or nobody asked for it.</summary>
    public string? Text { get; init; }

    /// <summary>The shadow that was asked too.</summary>
    public PastModel? Shadow { get; init; }

    /// <summary>What the shadow said of the tweet; of corrections only.</summary>
    public Sentiment? ShadowSaid { get; init; }

    /// <summary>Of a correction: the prediction that it is about; null where it brought a text.</summary>
    public string? Prediction { get; init; }

    /// <summary>Of a correction: what would have been right.</summary>
    public Sentiment Right { get; init; }

    /// <summary>Of a correction: whether it is a reviewer's judgement.</summary>
    public bool IsReview { get; init; }

    public long Succeeded { get; init; }

    public long Refused { get; init; }

    public long Failed { get; init; }
}

/// <summary>A model of the past; one object for each.</summary>
/// <param name="Digest">SHA-256 of its bundle, or its name.</param>
/// <param name="Name">Name and version, for people.</param>
/// <param name="Number">Tells models of one reading apart.</param>
internal sealed record PastModel(string Digest, string Name, int Number);

/// <summary>Predictions, corrections and requests of the past, in the order of time.</summary>
internal interface IPastRecords : IDisposable
{
    /// <summary>Whether requests are among them: without, nobody knows which failed.</summary>
    bool HasRequests { get; }

    /// <summary>The share of the reading that is done, in [0, 1].</summary>
    double Done { get; }

    /// <summary>Reads them once.</summary>
    /// <param name="from">The first moment.</param>
    /// <param name="to">The end.</param>
    /// <param name="texts">Whether texts and ids of predictions are wanted.</param>
    /// <exception cref="InvalidInputException">They are damaged.</exception>
    IEnumerable<PastRecord> Read(DateTimeOffset from, DateTimeOffset to, bool texts);
}

/// <summary>Opens records of the past, whatever they are.</summary>
internal static class PastRecords
{
    /// <summary>Recognises a server's database, JSON lines or CSV by its first bytes; the latter two also packed.</summary>
    /// <exception cref="InvalidInputException">It is not there, or none of these.</exception>
    public static IPastRecords Open(string path)
    {
        DataFile file = DataFile.Open(path, null);
        try
        {
            ReadOnlySpan<byte> head = file.Content.Peek(8);
            if (head.IsEmpty) throw new InvalidInputException($"{path} is empty; expected the records.db of a server, JSON lines or CSV");
            if (head.StartsWith("SQLite f"u8))
            {
                file.Dispose();
                return PastDatabase.Open(path);
            }

            return new PastFile(file, isJson: head.TrimStart(" \t\r\n\uFEFF"u8).StartsWith("{"u8));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
