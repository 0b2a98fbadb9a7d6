namespace Vigie.Server;

/// <summary>Figures of the past, by minutes.</summary>
internal interface IFigures
{
    /// <summary>The figures of the whole minutes from one moment up to another: both are rounded down to the minute.</summary>
    /// <param name="from">The first minute.</param>
    /// <param name="to">The end, which is not among them.</param>
    /// <param name="model">Digest of the model whose predictions are meant; null for all. Requests are nobody's: they are counted where it is null.</param>
    /// <param name="part">The part in which models answered; null for all.</param>
    Figures Over(DateTimeOffset from, DateTimeOffset to, string? model = null, ModelPart? part = null);

    /// <summary>When the last prediction was made; null where none is known.</summary>
    DateTimeOffset? LastPrediction { get; }
}
