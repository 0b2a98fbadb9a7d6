namespace Vigie.Server;

/// <summary>Which model answers a request, and which one predicts beside it.</summary>
/// <param name="Model">Answers.</param>
/// <param name="Part">In which part.</param>
/// <param name="Shadow">Predicts beside it; null for none.</param>
internal readonly record struct ModelRoute(ServedModel Model, ModelPart Part, ServedModel? Shadow)
{
    /// <summary>Whether a request on this route may carry a threshold. While a challenger is on trial that is as it is with the champion, whoever answers.</summary>
    public bool TakesThreshold(Duty duty) => (Part is ModelPart.Challenger ? duty.Champion : Model).TakesThreshold;

    /// <summary>This route, or the champion's where the challenger could not do what a request asks for: a trial refuses nobody.</summary>
    public ModelRoute For(PredictionRequest request, Duty duty) =>
        Part is ModelPart.Challenger && request.Threshold is not null && !Model.TakesThreshold ? new ModelRoute(duty.Champion, ModelPart.Champion, null) : this;

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
