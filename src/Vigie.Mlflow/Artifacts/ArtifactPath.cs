#pragma warning disable CS1591, CA1822, CA1801, CA1065, CS1573 // skeleton
namespace Vigie.Mlflow.Artifacts;

/// <summary>A path below a store's root that cannot leave it.</summary>
public readonly record struct ArtifactPath
{
    private ArtifactPath(string value) => Value = value;

    /// <summary>Names joined by <c>/</c>, without a leading or trailing one; empty for the root.</summary>
    public string Value { get; }

    public static ArtifactPath Root { get; } = new("");

    /// <summary>Checks a path of a request, already decoded once.</summary>
    public static ArtifactPath Parse(string path) => throw new NotImplementedException();
}
