using Vigie.Mlflow.Artifacts;

namespace Vigie.Mlflow.Security;

/// <summary>
/// Where clients may say that artifacts are. The server and other clients go where a location leads, so one that leads elsewhere (another host, a folder
/// outside, another bucket) is refused.
/// </summary>
internal static class ArtifactLocations
{
    /// <summary>What the proxy's own addresses begin with.</summary>
    public const string Proxy = "mlflow-artifacts:/";

    /// <summary>Checks an experiment's <c>artifact_location</c>.</summary>
    /// <param name="location">As the client sent it.</param>
    /// <param name="roots">What it may name beside the proxy, such as <c>s3://bucket/prefix</c>.</param>
    /// <returns>The location without a trailing slash; of the proxy as <c>mlflow-artifacts:/path</c>.</returns>
    /// <exception cref="MlflowException">INVALID_PARAMETER_VALUE.</exception>
    public static string Checked(string location, IReadOnlyList<string> roots)
    {
        if (ProxyPath(location) is { } path) return Proxy + path.Value;
        return IsBelow(location, roots) ? location.TrimEnd('/') : throw MlflowException.Invalid(
            $"artifact_location '{location}' is not one of this server's: expected {string.Join(" or ", (string[])[$"{Proxy}PATH", .. roots.Select(root => $"{root.TrimEnd('/')}/PATH")])}, or none for the default");
    }

    /// <summary>
    /// Checks a model version's <c>source</c>: this server's artifacts, <c>models:/</c>, <c>runs:/</c>, or a remote store, which the server only remembers. A
    /// folder outside, and what the server's machine could be made to fetch, are refused.
    /// </summary>
    /// <returns>The source as sent.</returns>
    /// <exception cref="MlflowException">INVALID_PARAMETER_VALUE.</exception>
    public static string CheckedSource(string source, IReadOnlyList<string> roots)
    {
        string scheme = SchemeOf(source);
        if (scheme == "mlflow-artifacts")
        {
            ProxyPath(source);
            return source;
        }

        bool isOurs = scheme is "models" or "runs" || (scheme is not ("" or "file" or "http" or "https" or "ftp" or "ftps" or "sftp"));
        return !HasDots(source) && !source.Any(char.IsControl) && (isOurs || IsBelow(source, roots)) ? source : throw MlflowException.Invalid(
            $"Invalid model version source: '{source}'; expected this server's artifacts, models:/…, runs:/… or a remote store such as s3://…, without '..'");
    }

    /// <summary>The path below the proxy's root, or null where the location is not the proxy's.</summary>
    /// <exception cref="MlflowException">INVALID_PARAMETER_VALUE: another host's proxy, or a path that leaves the root.</exception>
    public static ArtifactPath? ProxyPath(string location)
    {
        if (SchemeOf(location) != "mlflow-artifacts") return null;
        string rest = location["mlflow-artifacts:".Length..];
        if (rest.StartsWith("//", StringComparison.Ordinal) && !rest.StartsWith("///", StringComparison.Ordinal))
            throw MlflowException.Invalid($"'{location}' names a host of its own; expected {Proxy}PATH");
        if (!IsPlain(rest)) throw MlflowException.Invalid($"'{location}': '..', '%', '?', '#' and '\\' are no parts of a location");
        string path = rest.Trim('/');
        return path.Length == 0 ? ArtifactPath.Root : ArtifactPath.Parse(path);
    }

    private static bool IsBelow(string location, IReadOnlyList<string> roots) =>
        IsPlain(location) && roots.Any(root => location.TrimEnd('/') == root.TrimEnd('/') || location.StartsWith(root.TrimEnd('/') + "/", StringComparison.Ordinal));

    /// <summary>What every client reads in the same way: nothing to decode, no query, no way up.</summary>
    private static bool IsPlain(string location) => location.AsSpan().IndexOfAny("?#%\\") < 0 && !HasDots(location) && !location.Any(char.IsControl);

    private static bool HasDots(string location) =>
        Uri.UnescapeDataString(Uri.UnescapeDataString(location)).Split('/', '\\').Any(part => part is ".." or ".");

    /// <summary>In lower case; empty for a path. One letter is a drive.</summary>
    private static string SchemeOf(string location)
    {
        int colon = location.IndexOf(':', StringComparison.Ordinal);
        return colon > 1 && location.AsSpan(0, colon).IndexOfAny("/\\") < 0 ? location[..colon].ToLowerInvariant() : "";
    }
}
