using System.Collections.Frozen;

namespace Vigie.Server;

/// <summary>The models on duty at one moment. A request reads it once, so that its answer is of one piece whatever is promoted meanwhile.</summary>
/// <param name="Champion">Answers unless another is asked for.</param>
internal sealed record Duty(ServedModel Champion)
{
    /// <summary>Models beside the champion that callers may ask for by name (<c>?model=</c>).</summary>
    public FrozenDictionary<string, ServedModel> Others { get; init; } = FrozenDictionary<string, ServedModel>.Empty;

    /// <summary>Models that are to be beside it and are not loaded, with the reason.</summary>
    public FrozenDictionary<string, string> Missing { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>Under trial beside the champion; null for none.</summary>
    public Challenge? Challenge { get; init; }

    /// <summary>The duty that parts make; null without a champion.</summary>
    /// <param name="parts">The parts.</param>
    /// <param name="share">The challenger's share of the traffic.</param>
    public static Duty? Of(IReadOnlyList<DutyPart> parts, double share)
    {
        if (parts.FirstOrDefault(part => part.Part is ModelPart.Champion)?.Model is not { } champion) return null;
        DutyPart[] named = [.. parts.Where(part => part.Part is ModelPart.Named)];
        ServedModel? challenger = parts.FirstOrDefault(part => part.Part is ModelPart.Challenger)?.Model;
        return new Duty(champion)
        {
            Others = named.Where(part => part.Model is not null).ToFrozenDictionary(part => part.Name!, part => part.Model!),
            Missing = named.Where(part => part.Model is null).ToFrozenDictionary(part => part.Name!, part => part.Waiting),
            Challenge = challenger is null || challenger.Digest == champion.Digest ? null : new Challenge(challenger, share), // nobody is tried against himself
        };
    }

    /// <summary>The model that a caller asks for.</summary>
    /// <param name="name">A name, or null for the champion.</param>
    /// <exception cref="RequestException">404: there is none of that name. 503: it is not loaded.</exception>
    public ServedModel Named(string? name)
    {
        if (name is null) return Champion;
        if (Others.TryGetValue(name, out ServedModel? other)) return other;
        if (Missing.TryGetValue(name, out string? reason)) throw RequestException.NotReady(reason);
        if (name == Champion.Name) return Champion;
        if (Challenge is { } challenge && name == Challenge.CallersName) return challenge.Challenger;
        throw RequestException.NoSuchModel(name, [Champion.Name, .. Others.Keys.Order(), .. Challenge is null ? [] : new[] { Challenge.CallersName }]);
    }
}

/// <summary>A challenger under trial.</summary>
/// <param name="Challenger">The model that may take over.</param>
/// <param name="Share">Share of the traffic that it answers, in [0, 1); 0 for a shadow, which is asked about every tweet and answers none.</param>
internal sealed record Challenge(ServedModel Challenger, double Share)
{
    /// <summary>What callers ask for it by.</summary>
    public const string CallersName = "challenger";

    /// <summary>Whether the challenger predicts beside the champion instead of answering.</summary>
    public bool IsShadow => Share == 0;
}
