namespace Vigie.Server;

/// <summary>A prediction as <see cref="RecordFormat"/> wrote it, without copies: texts are UTF-8 in the journal's buffer.</summary>
internal readonly ref struct StoredPrediction
{
    public StoredPrediction(ref PayloadReader reader)
    {
        Id = reader.Id();
        At = reader.Int64();
        Model = reader.Text(out _);
        Part = reader.Byte();
        Label = reader.Byte();
        ProbabilityPositive = reader.Double();
        Confidence = reader.Double();
        UnknownShare = reader.Double();
        Latency = reader.Int64();
        Length = reader.Int64();
        Text = new StoredText(ref reader);
        Tweet = new StoredText(ref reader);
        TweetIsNumber = reader.Byte() != 0;
        Language = new StoredText(ref reader);
        Author = reader.Number();
        HasShadow = reader.Byte() != 0;
        if (!HasShadow) return;
        ShadowModel = reader.Text(out _);
        ShadowLabel = reader.Byte();
        ShadowProbabilityPositive = reader.Double();
    }

    public ReadOnlySpan<byte> Id { get; }

    /// <summary>Milliseconds since the epoch.</summary>
    public long At { get; }

    /// <summary>A block that says which model it was.</summary>
    public ReadOnlySpan<byte> Model { get; }

    public int Part { get; }

    public int Label { get; }

    public double ProbabilityPositive { get; }

    public double Confidence { get; }

    public double UnknownShare { get; }

    /// <summary>In microseconds.</summary>
    public long Latency { get; }

    /// <summary>In UTF-16 code units.</summary>
    public long Length { get; }

    public StoredText Text { get; }

    public StoredText Tweet { get; }

    public bool TweetIsNumber { get; }

    public StoredText Language { get; }

    public long? Author { get; }

    public bool HasShadow { get; }

    public ReadOnlySpan<byte> ShadowModel { get; }

    public int ShadowLabel { get; }

    public double ShadowProbabilityPositive { get; }
}

/// <summary>A correction as <see cref="RecordFormat"/> wrote it.</summary>
internal readonly ref struct StoredFeedback
{
    public StoredFeedback(ref PayloadReader reader, RecordKind kind)
    {
        Id = reader.Id();
        At = reader.Int64();
        HasPrediction = reader.Byte() != 0;
        Prediction = reader.Id();
        Text = new StoredText(ref reader);
        Predicted = reader.Byte() is > 0 and var predicted ? predicted - 1 : null;
        Label = reader.Byte();
        Reporter = reader.Number();
        Comment = new StoredText(ref reader);
        IsReview = kind is RecordKind.Review;
        if (!IsReview) return;
        Reviewer = new StoredText(ref reader);
        Settles = reader.Byte() != 0;
    }

    public ReadOnlySpan<byte> Id { get; }

    /// <summary>Milliseconds since the epoch.</summary>
    public long At { get; }

    public bool HasPrediction { get; }

    public ReadOnlySpan<byte> Prediction { get; }

    public StoredText Text { get; }

    public int? Predicted { get; }

    public int Label { get; }

    public long? Reporter { get; }

    public StoredText Comment { get; }

    public bool IsReview { get; }

    /// <summary>The reviewer's name; there where it is a review.</summary>
    public StoredText Reviewer { get; }

    /// <summary>Whether it ends a disagreement.</summary>
    public bool Settles { get; }
}

/// <summary>A wish to forget as <see cref="RecordFormat"/> wrote it.</summary>
internal readonly ref struct StoredErasure
{
    public StoredErasure(ref PayloadReader reader)
    {
        Id = reader.Id();
        At = reader.Int64();
        Tweet = new StoredText(ref reader);
        Author = reader.Number();
    }

    public ReadOnlySpan<byte> Id { get; }

    /// <summary>Milliseconds since the epoch.</summary>
    public long At { get; }

    public StoredText Tweet { get; }

    public long? Author { get; }
}

/// <summary>A text in UTF-8, or none.</summary>
internal readonly ref struct StoredText
{
    public StoredText(ref PayloadReader reader)
    {
        Bytes = reader.Text(out bool present);
        IsThere = present;
    }

    public ReadOnlySpan<byte> Bytes { get; }

    public bool IsThere { get; }
}
