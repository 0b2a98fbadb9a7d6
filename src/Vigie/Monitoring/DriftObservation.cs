namespace Vigie.Monitoring;

/// <summary>One prediction, as a monitor sees it.</summary>
public readonly record struct DriftObservation
{
    /// <summary>When it was made.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The class that the model decided for by its own threshold.</summary>
    public required Tweets.Sentiment Label { get; init; }

    /// <summary>Probability of the most probable class; of two classes, that of the label does as well.</summary>
    public required double Confidence { get; init; }

    /// <summary>Share of the text's words that the model has never seen, in [0, 1].</summary>
    public required double UnknownShare { get; init; }

    /// <summary>The text as published. It is kept in memory for the last <see cref="DriftMonitor.Window"/> predictions and never written.</summary>
    public required string Text { get; init; }

    /// <summary>The caller's name of the prediction, with which examples are found again; null for none.</summary>
    public string? Id { get; init; }
}
