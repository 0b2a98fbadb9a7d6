namespace Vigie.Server;

/// <summary>A key that programs call with, as a list shows it. The key itself is told once, when it is made.</summary>
public sealed record ApiKey
{
    /// <summary>What people call it: up to 100 letters, digits, dots, dashes, underscores and at signs.</summary>
    public required string Name { get; init; }

    /// <summary>What it may do.</summary>
    public required IReadOnlyList<Scope> Scopes { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>From when on it is refused; null for never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>When it was last given another secret; null for never.</summary>
    public DateTimeOffset? Rotated { get; init; }

    /// <summary>Until when the secret before the last one is taken too; null where there is no such.</summary>
    public DateTimeOffset? OverlapEnds { get; init; }
}

/// <summary>A key just made, or rotated.</summary>
/// <param name="Secret">What to send as <c>Authorization: Bearer …</c> or <c>X-API-Key</c>; it can be had only now.</param>
/// <param name="Key">What is kept of it.</param>
public sealed record NewApiKey(string Secret, ApiKey Key);
