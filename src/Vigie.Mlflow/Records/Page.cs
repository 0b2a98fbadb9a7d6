namespace Vigie.Mlflow;

/// <summary>A part of a longer list.</summary>
/// <param name="Items">In the order asked for.</param>
/// <param name="NextPageToken">Opaque; gets the next part with the same question; null at the end.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextPageToken);

/// <summary>What a search asks for. Names are those of MLflow's search requests.</summary>
public sealed record Search
{
    /// <summary>Comparisons joined by AND, such as <c>metrics.f1 &gt; 0.79 AND params.C = '1'</c>; null for all.</summary>
    public string? Filter { get; init; }

    /// <summary>Keys with ASC or DESC, the first counts most.</summary>
    public IReadOnlyList<string> OrderBy { get; init; } = [];

    /// <summary>At most <see cref="Limits.SearchMaxResults"/>.</summary>
    public int MaxResults { get; init; } = Limits.SearchDefaultResults;

    /// <summary>From the answer before; null for the first part.</summary>
    public string? PageToken { get; init; }
}

/// <summary>Limits of MLflow's protocol.</summary>
public static class Limits
{
    /// <summary>Metrics in one batch.</summary>
    public const int BatchMetrics = 1000;

    /// <summary>Params in one batch.</summary>
    public const int BatchParams = 100;

    /// <summary>Tags in one batch.</summary>
    public const int BatchTags = 100;

    /// <summary>Metrics, params and tags of one batch together.</summary>
    public const int BatchTotal = 1000;

    /// <summary>Characters of a param's value.</summary>
    public const int ParamValue = 6000;

    /// <summary>Characters of a tag's value.</summary>
    public const int TagValue = 8000;

    /// <summary>Characters of a key.</summary>
    public const int Key = 250;

    /// <summary>Results of a search that names no number.</summary>
    public const int SearchDefaultResults = 1000;

    /// <summary>Most results of one search.</summary>
    public const int SearchMaxResults = 50_000;
}
