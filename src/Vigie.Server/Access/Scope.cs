namespace Vigie.Server;

/// <summary>What a caller may do. A key or token carries some of these; each endpoint needs one.</summary>
public enum Scope
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

    /// <summary>Take on, silence and resolve alerts.</summary>
    Alerts,

    /// <summary>Everything, settings included.</summary>
    Admin,
}

/// <summary>Several scopes as one value.</summary>
internal readonly record struct Scopes(int Bits)
{
    /// <summary>What an open server lets everybody do.</summary>
    public static Scopes All { get; } = new(1 << (int)Scope.Admin);

    public static Scopes Of(IEnumerable<Scope> scopes) => new(scopes.Aggregate(0, (bits, scope) => bits | (1 << (int)scope)));

    /// <summary>Whether they allow what needs <paramref name="scope"/>.</summary>
    public bool Allow(Scope scope) => (Bits & ((1 << (int)scope) | (1 << (int)Scope.Admin))) != 0;
}

/// <summary>Scopes as keys, tokens and command lines name them: <c>predict</c>, <c>feedback</c>.</summary>
public static class ScopeNames
{
    /// <summary>All of them, in order.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Enum.GetValues<Scope>().Select(Of)];

    /// <summary>The name of a scope.</summary>
    public static string Of(Scope scope) => scope.ToString().ToLowerInvariant();

    /// <summary>The scope of that name, or null.</summary>
    public static Scope? Find(string name) => All.ToList().IndexOf(name) is >= 0 and int index ? (Scope)index : null;

    /// <summary>Reads names divided by commas.</summary>
    /// <param name="names"><c>predict,feedback</c>.</param>
    /// <param name="where">What a message calls them.</param>
    /// <exception cref="InvalidInputException">There is no such scope, or none at all.</exception>
    public static IReadOnlyList<Scope> Parse(string names, string where)
    {
        ArgumentNullException.ThrowIfNull(names);
        string[] split = names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (split.Length == 0) throw new InvalidInputException($"{where} names no scope; expected some of {string.Join(", ", All)}, divided by commas");
        return [.. split.Select(name => Find(name) ?? throw new InvalidInputException($"{where}: there is no scope '{name}'; expected some of {string.Join(", ", All)}, divided by commas")).Distinct().Order()];
    }
}

/// <summary>The scope that an endpoint needs, as metadata; <see cref="Open"/> for endpoints that anybody may call.</summary>
internal sealed record Needed(Scope? Scope)
{
    public static Needed Open { get; } = new((Scope?)null);
}

/// <summary>The scope whose holders an open endpoint tells more than others, as metadata. <see cref="CallerCheck"/> finds out who calls, and nobody is refused.</summary>
internal sealed record TellsMore(Scope Scope)
{
    /// <summary>Whether whoever calls may be told more; so may everybody, where callers are not asked who they are.</summary>
    public static bool To(HttpContext context) => context.Features.Get<Confidant>() is not null;

    /// <summary>Notes that this caller may.</summary>
    public static void Allow(HttpContext context) => context.Features.Set(Confidant.Instance);

    private sealed class Confidant
    {
        public static Confidant Instance { get; } = new();
    }
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
