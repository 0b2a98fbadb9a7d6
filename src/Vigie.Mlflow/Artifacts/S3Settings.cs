namespace Vigie.Mlflow.Artifacts;

/// <summary>Where artifacts lie in an S3-compatible storage, and with which keys.</summary>
/// <param name="Bucket">An existing bucket.</param>
/// <param name="Prefix">The path that is the store's root; <see cref="ArtifactPath.Root"/> for the whole bucket.</param>
/// <param name="Endpoint">Such as <c>https://s3.amazonaws.com</c> or <c>http://localhost:9000</c>; no path.</param>
/// <param name="AccessKey">Names the keys.</param>
/// <param name="SecretKey">Signs; is never shown.</param>
/// <param name="SessionToken">Goes with keys that expire.</param>
/// <param name="Region">Where the bucket is.</param>
public sealed record S3Settings(string Bucket, ArtifactPath Prefix, Uri Endpoint, string AccessKey, string SecretKey, string? SessionToken = null, string Region = "us-east-1")
{
    /// <summary>Reads an address and the variables that MLflow and Amazon's tools read.</summary>
    /// <param name="address"><c>s3://bucket</c> or <c>s3://bucket/path</c>.</param>
    /// <param name="variable">
    /// Value of a variable: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_DEFAULT_REGION (us-east-1 without it), MLFLOW_S3_ENDPOINT_URL
    /// (Amazon's own without it).
    /// </param>
    /// <exception cref="StoreException">The address is none of S3, or a variable is missing or wrong.</exception>
    public static S3Settings Read(string address, Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(variable);
        if (!address.StartsWith("s3://", StringComparison.OrdinalIgnoreCase)) throw new StoreException($"'{address}' is not an address of S3, such as s3://bucket/path");
        string[] parts = address["s3://".Length..].Split('/', 2);
        if (parts[0].Length == 0) throw new StoreException($"'{address}' names no bucket; s3://bucket/path does");
        string region = variable("AWS_DEFAULT_REGION") is { Length: > 0 } given ? given : "us-east-1";
        string endpoint = variable("MLFLOW_S3_ENDPOINT_URL") is { Length: > 0 } url ? url : $"https://s3.{region}.amazonaws.com";
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https") || uri.PathAndQuery != "/" || uri.UserInfo.Length > 0)
            throw new StoreException("MLFLOW_S3_ENDPOINT_URL must be such as https://storage.example.org:9000, with neither path nor password");
        ArtifactPath prefix;
        try
        {
            prefix = ArtifactPath.Parse(parts.Length > 1 ? parts[1] : "");
        }
        catch (MlflowException refused)
        {
            throw new StoreException($"'{address}': {refused.Message}", refused);
        }

        return new S3Settings(parts[0], prefix, uri, Needed("AWS_ACCESS_KEY_ID"), Needed("AWS_SECRET_ACCESS_KEY"), variable("AWS_SESSION_TOKEN") is { Length: > 0 } token ? token : null, region);

        string Needed(string name) => variable(name) is { Length: > 0 } value ? value : throw new StoreException($"{address} needs the variable {name}");
    }

    /// <summary>The address, without the keys.</summary>
    public override string ToString() => Prefix.IsRoot ? $"s3://{Bucket}" : $"s3://{Bucket}/{Prefix}";
}
