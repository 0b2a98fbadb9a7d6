namespace Vigie.Server.Tests;

/// <summary>One property of every kind that settings can be.</summary>
public sealed record TrialOptions
{
    public bool On { get; init; }

    public int Count { get; init; } = 3;

    public long Size { get; init; } = 4;

    public double Share { get; init; } = 0.5;

    public string Name { get; init; } = "vigie";

    public string? Note { get; init; }

    public int? Most { get; init; }

    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(90);

    public TrialKind Kind { get; init; }

    public IReadOnlyList<string> Hosts { get; init; } = ["a", "b"];

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, TrialModelOptions> Models { get; init; } = new Dictionary<string, TrialModelOptions>();

    public TrialLinkOptions Link { get; init; } = new();

    public TrialLinkOptions? Second { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    [NotASetting]
    public string Internal { get; init; } = "";
}

public sealed record TrialLinkOptions
{
    public string Address { get; init; } = "localhost";

    [Secret]
    public string? Password { get; init; }

    public int MaxRetries { get; init; } = 2;
}

public sealed record TrialModelOptions
{
    public double Weight { get; init; } = 1;

    public string? Source { get; init; }
}

public enum TrialKind
{
    Off,
    AlmostAlways,
}
