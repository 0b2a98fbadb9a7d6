namespace Vigie.Server;

/// <summary>Which model answers a request, and which one predicts beside it.</summary>
/// <param name="Model">Answers.</param>
/// <param name="Part">In which part.</param>
/// <param name="Shadow">Predicts beside it; null for none.</param>
internal readonly record struct ModelRoute(ServedModel Model, ModelPart Part, ServedModel? Shadow)
{
    /// <summary>The route of one request.</summary>
    /// <param name="duty">The models on duty.</param>
    /// <param name="name">The model that the caller asks for; null for none.</param>
    /// <param name="draw">In [0, 1): below the challenger's share, the challenger answers.</param>
    /// <exception cref="RequestException">404: there is no model of that name.</exception>
    public static ModelRoute Of(Duty duty, string? name, double draw)
    {
        if (name is not null) return new ModelRoute(duty.Named(name), ModelPart.Named, null);
        if (duty.Challenge is not { } challenge) return new ModelRoute(duty.Champion, ModelPart.Champion, null);
        if (challenge.IsShadow) return new ModelRoute(duty.Champion, ModelPart.Champion, challenge.Challenger);
        return draw < challenge.Share // both in [0, 1): the share of ids that fall below it is the share
            ? new ModelRoute(challenge.Challenger, ModelPart.Challenger, null)
            : new ModelRoute(duty.Champion, ModelPart.Champion, null);
    }
}
