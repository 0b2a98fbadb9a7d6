using System.Globalization;

namespace Vigie.Server;

/// <summary>For which models answers to POST /predict are remembered.</summary>
public enum CacheUse
{
    /// <summary>Where asking the model takes longer than remembering: networks and many explanations, not linear models.</summary>
    Auto,

    /// <summary>For all, whatever they take.</summary>
    All,

    /// <summary>For none.</summary>
    None,
}

/// <summary>What is remembered of answers to POST /predict: what the model says of a text, and nothing else of the request. Of the text itself there are only the words that an explanation weighs.</summary>
public sealed record CacheOptions
{
    /// <summary>For which models.</summary>
    public CacheUse Models { get; init; } = CacheUse.Auto;

    /// <summary>For how long; 1 s to 7 days.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Most bytes in memory; 1 MiB to 64 GiB. What was not asked for longest goes first.</summary>
    public long Bytes { get; init; } = 64 << 20;

    internal void Check()
    {
        if (!Enum.IsDefined(Models)) throw new InvalidInputException($"cache.models is {Models}, expected auto, all or none");
        if (Lifetime < TimeSpan.FromSeconds(1) || Lifetime > TimeSpan.FromDays(7)) throw new InvalidInputException($"cache.lifetime is {Duration.Format(Lifetime)}, expected 1 s to 7 days");
        if (Bytes is < 1 << 20 or > 64L << 30)
            throw new InvalidInputException(string.Create(CultureInfo.InvariantCulture, $"cache.bytes is {Bytes}, expected 1048576 (1 MiB) to 68719476736 (64 GiB)"));
    }
}
