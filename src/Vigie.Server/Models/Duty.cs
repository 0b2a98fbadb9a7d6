using System.Collections.Frozen;

namespace Vigie.Server;

/// <summary>The models on duty at one moment. A request reads it once, so that its answer is of one piece whatever is promoted meanwhile.</summary>
/// <param name="Champion">Answers unless another is asked for.</param>
internal sealed record Duty(ServedModel Champion)
{
    /// <summary>Models beside the champion that callers may ask for by name (<c>?model=</c>).</summary>
    public FrozenDictionary<string, ServedModel> Others { get; init; } = FrozenDictionary<string, ServedModel>.Empty;

    /// <summary>Under trial beside the champion; null for none.</summary>
    public Challenge? Challenge { get; init; }

    /// <summary>The model that a caller asks for.</summary>
    /// <param name="name">A name, or null for the champion.</param>
    /// <exception cref="RequestException">404: there is none of that name.</exception>
    public ServedModel Named(string? name)
    {
        if (name is null || name == Champion.Name) return Champion;
        if (Others.TryGetValue(name, out ServedModel? other)) return other;
        if (Challenge is { } challenge && name == challenge.Name) return challenge.Challenger;
        throw RequestException.NoSuchModel(name, [Champion.Name, .. Others.Keys.Order()]);
    }
}

/// <summary>A challenger under trial.</summary>
/// <param name="Challenger">The model that may take over.</param>
/// <param name="Name">What callers ask for it by: <c>challenger</c>.</param>
/// <param name="Share">Share of the traffic that it answers, in [0, 1]; 0 for a shadow, which is asked about every tweet and answers none.</param>
internal sealed record Challenge(ServedModel Challenger, string Name, double Share)
{
    /// <summary>Whether the challenger predicts beside the champion instead of answering.</summary>
    public bool IsShadow => Share == 0;
}
