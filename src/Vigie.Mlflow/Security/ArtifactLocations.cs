using Vigie.Mlflow.Artifacts;

namespace Vigie.Mlflow.Security;

/// <summary>
/// Where clients may say that artifacts are. The server and other clients go where a location leads, so one that leads elsewhere (another host, a folder
/// outside, another bucket) is refused.
/// </summary>
public static class ArtifactLocations
{
    /// <summary>What the proxy's own addresses begin with.</summary>
    public const string Proxy = "mlflow-artifacts:/";

    /// <summary>Checks an experiment's <c>artifact_location</c>.</summary>
    /// <param name="location">As the client sent it.</param>
    /// <param name="roots">Roots of this server's own stores beside the proxy, such as <c>s3://bucket/prefix</c> or <c>file:///srv/artifacts</c>.</param>
    /// <returns>The location without a trailing slash; of the proxy as <c>mlflow-artifacts:/path</c>.</returns>
    /// <exception cref="MlflowException">INVALID_PARAMETER_VALUE.</exception>
    public static string Checked(string location, IReadOnlyList<string> roots)
    {
        ArgumentNullException.ThrowIfNull(location);
        ArgumentNullException.ThrowIfNull(roots);
        if (ProxyPath(location) is { } path) return Proxy + path.Value;
        return roots.Select(root => Below(root, location)).FirstOrDefault(found => found is not null) ?? throw MlflowException.Invalid(
            $"artifact_location '{location}' is not one of this server's: expected {string.Join(" or ", (string[])[$"{Proxy}PATH", .. roots.Select(root => $"{root.TrimEnd('/')}/PATH")])}, or none for the default");
    }

    /// <summary>Checks a model version's <c>source</c>: one of this server's places, <c>models:/</c>, <c>runs:/</c>, or a remote store that the server never reads.</summary>
    /// <returns>The source as sent.</returns>
    /// <exception cref="MlflowException">INVALID_PARAMETER_VALUE: a folder of the server, or an address that it would fetch.</exception>
    public static string CheckedSource(string source, IReadOnlyList<string> roots)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(roots);
        string scheme = SchemeOf(source);
        if (scheme == "mlflow-artifacts") Checked(source, roots);
        else if (scheme is "" or "file" or "http" or "https" or "ftp" or "ftps" or "sftp" && roots.All(root => Below(root, source) is null))
            throw MlflowException.Invalid($"source '{source}': expected an address of this server's artifacts, models:/…, runs:/… or a remote store's such as s3://…");
        else if (HasDots(source)) throw MlflowException.Invalid($"source '{source}': '..' is no part of an address");
        return source;
    }

    /// <summary>The path below the proxy's root, or null where the location is not the proxy's.</summary>
    /// <exception cref="MlflowException">INVALID_PARAMETER_VALUE: another host's proxy, or a path that leaves the root.</exception>
    internal static ArtifactPath? ProxyPath(string location)
    {
        if (SchemeOf(location) != "mlflow-artifacts") return null;
        string rest = location["mlflow-artifacts:".Length..];
        if (rest.StartsWith("//", StringComparison.Ordinal) && !rest.StartsWith("///", StringComparison.Ordinal))
            throw MlflowException.Invalid($"'{location}' names a host of its own; expected {Proxy}PATH");
        if (rest.AsSpan().IndexOfAny("?#%\\") >= 0 || HasDots(rest)) throw MlflowException.Invalid($"'{location}': '..', '%', '?', '#' and '\\' are no parts of a location");
        string path = rest.Trim('/');
        return path.Length == 0 ? ArtifactPath.Root : ArtifactPath.Parse(path);
    }

    private static string? Below(string root, string location)
    {
        string trimmed = root.TrimEnd('/');
        string found = location.TrimEnd('/');
        if (trimmed.StartsWith("file://", StringComparison.Ordinal) && location.StartsWith('/')) trimmed = trimmed["file://".Length..]; // MLflow's clients write folders both ways
        if (found != trimmed && !found.StartsWith(trimmed + "/", StringComparison.Ordinal)) return null;
        return found.AsSpan().IndexOfAny("?#%\\") >= 0 || HasDots(found) || found.Any(char.IsControl) ? null : found;
    }

    private static bool HasDots(string location) =>
        Uri.UnescapeDataString(Uri.UnescapeDataString(location)).Split('/', '\\').Any(part => part is ".." or ".");

    /// <summary>In lower case; empty for a path. One letter is a drive.</summary>
    private static string SchemeOf(string location)
    {
        int colon = location.IndexOf(':', StringComparison.Ordinal);
        return colon > 1 && location.AsSpan(0, colon).IndexOfAny("/\\") < 0 ? location[..colon].ToLowerInvariant() : "";
    }
}
