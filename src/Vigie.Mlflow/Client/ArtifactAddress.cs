using Vigie.Mlflow.Artifacts;

namespace Vigie.Mlflow.Client;

/// <summary>Addresses of artifacts behind a server or store: <c>mlflow-artifacts:/1/RUN/artifacts</c>, with or without a host.</summary>
internal static class ArtifactAddress
{
    private const string Scheme = "mlflow-artifacts:";

    /// <summary>Whether the server itself keeps the files.</summary>
    public static bool IsProxied(string address) => address.StartsWith(Scheme, StringComparison.Ordinal);

    /// <summary>The path below the root of the server's files, without a leading or trailing <c>/</c>.</summary>
    /// <exception cref="MlflowException">The files are elsewhere.</exception>
    public static string PathOf(string address)
    {
        if (!IsProxied(address))
            throw MlflowException.Invalid($"the files are at {MlflowEnvironment.WithoutSecrets(address)}, not behind the server ({Scheme}/…), and cannot be reached through it");
        string rest = address[Scheme.Length..];
        if (rest.StartsWith("//", StringComparison.Ordinal))
        {
            int slash = rest.IndexOf('/', 2);
            rest = slash < 0 ? "" : rest[slash..];
        }

        return rest.Trim('/');
    }

    /// <summary>The path of an address in a store of this process.</summary>
    /// <exception cref="MlflowException">The files are elsewhere.</exception>
    public static ArtifactPath In(IArtifactStore store, string address) => IsProxied(address)
        ? ArtifactPath.Parse(PathOf(address))
        : store.Locate(address) ?? throw MlflowException.Invalid($"the files are at {MlflowEnvironment.WithoutSecrets(address)}, outside the store of artifacts");

    /// <summary>A path as it stands in an address: each name encoded, the slashes kept.</summary>
    public static string Encode(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
}
