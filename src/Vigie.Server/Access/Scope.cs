namespace Vigie.Server;

/// <summary>What a caller may do. A key or token carries some of these; each endpoint needs one.</summary>
internal enum Scope
{
    /// <summary>Ask for predictions.</summary>
    Predict,

    /// <summary>Send corrections.</summary>
    Feedback,

    /// <summary>Erase what is kept of a tweet or an author.</summary>
    Erase,

    /// <summary>Read what is known of the models and how they do.</summary>
    Read,

    /// <summary>Read the metrics.</summary>
    Metrics,

    /// <summary>Everything, settings included.</summary>
    Admin,
}

/// <summary>The scope that an endpoint needs, as metadata; <see cref="Open"/> for endpoints that anybody may call.</summary>
internal sealed record Needed(Scope? Scope)
{
    public static Needed Open { get; } = new((Scope?)null);
}

/// <summary>Says of an endpoint who may call it; a test holds that every endpoint says so.</summary>
internal static class Needs
{
    public static TBuilder NeedsScope<TBuilder>(this TBuilder endpoint, Scope scope)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new Needed(scope));

    /// <summary>Anybody may call it: health, the API's description, the files of the page.</summary>
    public static TBuilder IsOpen<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(Needed.Open);
}
