using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Minio;
using Minio.DataModel;
using Minio.DataModel.Args;
using Minio.Exceptions;

namespace Vigie.Mlflow.Artifacts;

/// <summary>
/// Artifacts as objects of an S3-compatible storage. An upload is first kept in a temporary file that only its process's user can read: the storage wants
/// to know the length before the bytes, and the client may not say it.
/// </summary>
public sealed class S3ArtifactStore : IArtifactStore, IDisposable
{
    private const int BufferBytes = 1 << 20;
    private const int AddressSeconds = 600; // for opening the connection; a transfer may take longer

    private readonly S3Settings settings;
    private readonly HttpClient http;
    private readonly IMinioClient client;

    /// <summary>Prepares the connection; nothing is sent yet.</summary>
    public S3ArtifactStore(S3Settings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        this.settings = settings;
        http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(10), PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
        {
            Timeout = Timeout.InfiniteTimeSpan, // callers bring their token
        };
        client = new MinioClient().WithEndpoint(settings.Endpoint.Authority).WithSSL(settings.Endpoint.Scheme == Uri.UriSchemeHttps)
            .WithCredentials(settings.AccessKey, settings.SecretKey).WithRegion(settings.Region).WithHttpClient(http);
        if (settings.SessionToken is not null) client.WithSessionToken(settings.SessionToken);
        client.Build();
    }

    /// <inheritdoc/>
    public ArtifactPath? Locate(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        string own = settings.ToString();
        if (!address.StartsWith(own, StringComparison.Ordinal)) return null;
        if (address.Length == own.Length) return ArtifactPath.Root;
        return address[own.Length] == '/' ? ArtifactPath.Parse(address[(own.Length + 1)..]) : null;
    }

    /// <inheritdoc/>
    public Task<ArtifactContent> OpenAsync(ArtifactPath path, ByteRange? range = null, CancellationToken cancellation = default) =>
        path.IsRoot ? throw Missing(path) : GuardedAsync(path, () => GetAsync(path, range, cancellation), cancellation);

    /// <inheritdoc/>
    public async Task WriteAsync(ArtifactPath path, Stream content, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        if (path.IsRoot) throw MlflowException.Invalid("an artifact's file needs a name");
        await using FileStream spool = Spool();
        await content.CopyToAsync(spool, BufferBytes, cancellation);
        spool.Position = 0;
        await GuardedAsync(path, () => client.PutObjectAsync(new PutObjectArgs().WithBucket(settings.Bucket).WithObject(Key(path)).WithStreamData(spool).WithObjectSize(spool.Length), cancellation), cancellation);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ArtifactFile>> ListAsync(ArtifactPath folder, CancellationToken cancellation = default) => GuardedAsync(
        folder,
        async () =>
        {
            var files = new List<ArtifactFile>();
            await foreach (Item item in ItemsAsync(FolderKey(folder), recursive: false, cancellation))
            {
                string key = item.IsDir ? WebUtility.UrlDecode(item.Key) : item.Key; // Minio 7 asks for encoded names, and decodes those of files alone
                string name = key[FolderKey(folder).Length..].TrimEnd('/');
                if (name.Length == 0 || (folder.IsRoot && ArtifactPath.IsOwn(name))) continue; // an object that stands for the folder itself, as some tools make
                files.Add(new ArtifactFile(folder.IsRoot ? name : $"{folder}/{name}", item.IsDir, item.IsDir ? null : (long)item.Size));
            }

            return (IReadOnlyList<ArtifactFile>)[.. files.OrderBy(file => file.Path, StringComparer.Ordinal)];
        },
        cancellation);

    /// <inheritdoc/>
    public Task DeleteAsync(ArtifactPath path, CancellationToken cancellation = default)
    {
        if (path.IsRoot) throw MlflowException.Invalid("the root of all artifacts is not removed; name a path below it");
        return GuardedAsync(
            path,
            async () =>
            {
                await client.RemoveObjectAsync(new RemoveObjectArgs().WithBucket(settings.Bucket).WithObject(Key(path)), cancellation);
                await foreach (Item item in ItemsAsync(FolderKey(path), recursive: true, cancellation))
                    await client.RemoveObjectAsync(new RemoveObjectArgs().WithBucket(settings.Bucket).WithObject(item.Key), cancellation);
                return true;
            },
            cancellation);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        client.Dispose();
        http.Dispose();
    }

    /// <summary>Minio's own download hands the bytes to a callback; a signed address gives a stream that is read at the reader's pace.</summary>
    private async Task<ArtifactContent> GetAsync(ArtifactPath path, ByteRange? range, CancellationToken cancellation)
    {
        ObjectStat stat = await client.StatObjectAsync(new StatObjectArgs().WithBucket(settings.Bucket).WithObject(Key(path)), cancellation);
        (long offset, long length) = range?.Within(stat.Size) ?? (0, stat.Size);
        if (length == 0) return new ArtifactContent(Stream.Null, offset, 0, stat.Size);
        string address = await client.PresignedGetObjectAsync(new PresignedGetObjectArgs().WithBucket(settings.Bucket).WithObject(Key(path)).WithExpiry(AddressSeconds));
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (length < stat.Size) request.Headers.Range = new RangeHeaderValue(offset, offset + length - 1);
        HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        try
        {
            if (response.StatusCode == HttpStatusCode.NotFound) throw Missing(path);
            if (!response.IsSuccessStatusCode || (response.Content.Headers.ContentRange?.From ?? 0) != offset)
                throw new HttpRequestException($"the storage answered {(int)response.StatusCode}", null, response.StatusCode);
            return new ArtifactContent(new StreamPart(await response.Content.ReadAsStreamAsync(cancellation), length, response), offset, length, stat.Size);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private IAsyncEnumerable<Item> ItemsAsync(string prefix, bool recursive, CancellationToken cancellation) =>
        client.ListObjectsEnumAsync(new ListObjectsArgs().WithBucket(settings.Bucket).WithPrefix(prefix).WithRecursive(recursive), cancellation);

    private string Key(ArtifactPath path) => settings.Prefix.Append(path).Value;

    private string FolderKey(ArtifactPath folder) => Key(folder) is { Length: > 0 } key ? key + "/" : "";

    private static FileStream Spool()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, BufferSize = 0, Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(Path.Combine(Path.GetTempPath(), $"vigie-upload-{RandomNumberGenerator.GetHexString(32, lowercase: true)}"), options);
    }

    private async Task<T> GuardedAsync<T>(ArtifactPath path, Func<Task<T>> work, CancellationToken cancellation)
    {
        try
        {
            return await work();
        }
        catch (ObjectNotFoundException)
        {
            throw Missing(path);
        }
        catch (Exception exception) when (exception is BucketNotFoundException or AccessDeniedException or AuthorizationException or ForbiddenException)
        {
            throw new MlflowException(ErrorCode.InternalError, $"the storage refuses the bucket {settings.Bucket} with the keys given: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is MinioException or HttpRequestException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            throw new MlflowException(ErrorCode.TemporarilyUnavailable, $"the storage of the artifacts does not answer as it should: {exception.Message}", exception);
        }
    }

    private static MlflowException Missing(ArtifactPath path) => MlflowException.Missing($"no artifact '{path}'");
}
