namespace Vigie.Monitoring;

/// <summary>What of the texts and answers is compared with the training.</summary>
public enum DriftSignal
{
    /// <summary>Share of each class among the model's decisions.</summary>
    ClassMix,

    /// <summary>Mean share of a text's words that the model has never seen.</summary>
    UnknownWords,

    /// <summary>Words that are in far more texts than in training.</summary>
    RisingWords,

    /// <summary>Tokens of a text.</summary>
    Tokens,

    /// <summary>UTF-16 units of a text.</summary>
    Characters,

    /// <summary>Probability of the most probable class.</summary>
    Confidence,

    /// <summary>Where texts lie by their words (<see cref="Features.TextSketch"/>).</summary>
    Embedding,
}

/// <summary>How much is to be made of a reading.</summary>
public enum DriftSeverity
{
    /// <summary>As in training, as far as can be told.</summary>
    None,

    /// <summary>Unusual in a single look. Among hundreds of looks chance gives some: it is shown and wakes nobody.</summary>
    Notice,

    /// <summary>Proven, whatever the number of looks.</summary>
    Warning,

    /// <summary>Proven and large.</summary>
    Critical,
}
