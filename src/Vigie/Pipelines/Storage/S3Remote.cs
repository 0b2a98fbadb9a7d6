using System.Net.Http.Headers;
using Minio;
using Minio.DataModel;
using Minio.DataModel.Args;
using Minio.Exceptions;

namespace Vigie.Pipelines;

/// <summary>Where a remote lies in an S3-compatible storage, and with which keys.</summary>
/// <param name="Bucket">An existing bucket.</param>
/// <param name="Prefix">The path in it; empty for all of it.</param>
/// <param name="Endpoint">Address of the storage.</param>
/// <param name="AccessKey">Names the keys.</param>
/// <param name="SecretKey">Signs; is never shown.</param>
/// <param name="SessionToken">Goes with keys that expire.</param>
/// <param name="Region">Where the bucket is.</param>
internal sealed record S3RemoteSettings(string Bucket, string Prefix, Uri Endpoint, string AccessKey, string SecretKey, string? SessionToken, string Region)
{
    /// <summary>From DVC's names of settings (<c>endpointurl</c>, <c>access_key_id</c>, <c>secret_access_key</c>, <c>session_token</c>, <c>region</c>), else from Amazon's variables.</summary>
    /// <exception cref="PipelineException">Something is missing or wrong.</exception>
    public static S3RemoteSettings Read(RemoteConfig remote, Func<string, string?> variable)
    {
        string[] parts = remote.Url["s3://".Length..].Split('/', 2);
        if (parts[0].Length == 0) throw new PipelineException($"remote {remote.Name}: {remote.Url} names no bucket; s3://bucket/path does");
        string region = Setting("region", "AWS_DEFAULT_REGION") ?? "us-east-1";
        string endpoint = Setting("endpointurl", "AWS_ENDPOINT_URL") ?? $"https://s3.{region}.amazonaws.com";
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length > 0) throw new PipelineException($"remote {remote.Name}: endpointurl must be such as https://storage.example.org:9000, without a password");
        return new S3RemoteSettings(parts[0], parts.Length > 1 ? parts[1].Trim('/') : "", uri, Needed("access_key_id", "AWS_ACCESS_KEY_ID"), Needed("secret_access_key", "AWS_SECRET_ACCESS_KEY"), Setting("session_token", "AWS_SESSION_TOKEN"), region);

        string? Setting(string name, string environment) => remote.Settings.GetValueOrDefault(name) is { Length: > 0 } set ? set : variable(environment) is { Length: > 0 } given ? given : null;

        string Needed(string name, string environment) => Setting(name, environment) ?? throw new PipelineException($"remote {remote.Name} needs {name} (vigie remote modify {remote.Name} {name} … --local), or the variable {environment}");
    }

    /// <summary>The address, without the keys.</summary>
    public override string ToString() => $"s3://{Bucket}/{Prefix}";
}

/// <summary>A remote in an S3-compatible storage.</summary>
internal sealed class S3Remote : IRemote, IDisposable
{
    private const int AtOnce = 8, AddressSeconds = 600;

    private readonly S3RemoteSettings settings;
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(10) }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly IMinioClient client;

    public S3Remote(S3RemoteSettings settings)
    {
        this.settings = settings;
        client = new MinioClient().WithEndpoint(settings.Endpoint.Authority).WithSSL(settings.Endpoint.Scheme == Uri.UriSchemeHttps).WithCredentials(settings.AccessKey, settings.SecretKey).WithRegion(settings.Region).WithHttpClient(http);
        if (settings.SessionToken is not null) client.WithSessionToken(settings.SessionToken);
        client.Build();
    }

    public bool IsWritable => true;

    public async Task<IReadOnlySet<string>> PresentAsync(IReadOnlyCollection<string> paths, CancellationToken cancellation)
    {
        var present = new System.Collections.Concurrent.ConcurrentBag<string>();
        await Parallel.ForEachAsync(paths, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (path, token) =>
        {
            if (await StatAsync(path, token).ConfigureAwait(false) is not null) present.Add(path);
        }).ConfigureAwait(false);
        return present.ToHashSet();
    }

    public async IAsyncEnumerable<string> ListAsync(string folder, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        string own = Key("");
        await foreach (Item item in client.ListObjectsEnumAsync(new ListObjectsArgs().WithBucket(settings.Bucket).WithPrefix(Key(folder) + "/").WithRecursive(true), cancellation).ConfigureAwait(false)) yield return item.Key[own.Length..];
    }

    public async Task<bool> DownloadAsync(string path, string localFile, CancellationToken cancellation)
    {
        if (await StatAsync(path, cancellation).ConfigureAwait(false) is not { } stat) return false;
        long have = File.Exists(localFile) ? new FileInfo(localFile).Length : 0;
        if (have == stat.Size && have > 0) return true; // its hash tells
        if (have > stat.Size) have = 0;
        if (stat.Size == 0)
        {
            await File.WriteAllBytesAsync(localFile, [], cancellation).ConfigureAwait(false);
            return true;
        }
        await GuardedAsync(async () =>
        {
            string address = await client.PresignedGetObjectAsync(new PresignedGetObjectArgs().WithBucket(settings.Bucket).WithObject(Key(path)).WithExpiry(AddressSeconds)).ConfigureAwait(false);
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            if (have > 0) request.Headers.Range = new RangeHeaderValue(have, null);
            using HttpResponseMessage answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
            if (!answer.IsSuccessStatusCode) throw new HttpRequestException($"the storage answered {(int)answer.StatusCode}", null, answer.StatusCode);
            await HttpBody.SaveAsync(answer, localFile, have, cancellation).ConfigureAwait(false);
            return true;
        }, cancellation).ConfigureAwait(false);
        return true;
    }

    public Task UploadAsync(string localFile, string path, CancellationToken cancellation) => GuardedAsync(async () =>
    {
        await using FileStream file = File.OpenRead(localFile);
        return await client.PutObjectAsync(new PutObjectArgs().WithBucket(settings.Bucket).WithObject(Key(path)).WithStreamData(file).WithObjectSize(file.Length), cancellation).ConfigureAwait(false);
    }, cancellation);

    public Task DeleteAsync(string path, CancellationToken cancellation) => GuardedAsync(async () =>
    {
        await client.RemoveObjectAsync(new RemoveObjectArgs().WithBucket(settings.Bucket).WithObject(Key(path)), cancellation).ConfigureAwait(false);
        return true;
    }, cancellation);

    public void Dispose()
    {
        client.Dispose();
        http.Dispose();
    }

    private Task<ObjectStat?> StatAsync(string path, CancellationToken cancellation) => GuardedAsync(async () =>
    {
        try
        {
            return (ObjectStat?)await client.StatObjectAsync(new StatObjectArgs().WithBucket(settings.Bucket).WithObject(Key(path)), cancellation).ConfigureAwait(false);
        }
        catch (ObjectNotFoundException)
        {
            return null;
        }
    }, cancellation);

    private string Key(string path) => settings.Prefix.Length == 0 ? path : $"{settings.Prefix}/{path}";

    private async Task<T> GuardedAsync<T>(Func<Task<T>> work, CancellationToken cancellation)
    {
        try
        {
            return await HttpBody.Repetition.ExecuteAsync(async _ => await work().ConfigureAwait(false), cancellation).ConfigureAwait(false);
        }
        catch (Exception refused) when (refused is BucketNotFoundException or AccessDeniedException or AuthorizationException or ForbiddenException)
        {
            throw new IOException($"{settings}: the storage refuses the bucket with the keys given: {refused.Message}", refused);
        }
        catch (Exception away) when (away is MinioException or HttpRequestException)
        {
            throw new IOException($"{settings}: the storage does not answer as it should: {away.Message}", away);
        }
    }
}
