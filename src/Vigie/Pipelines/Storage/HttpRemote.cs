using System.Net;
using System.Net.Http.Headers;
using Polly;
using Polly.Retry;

namespace Vigie.Pipelines;

/// <summary>A remote behind a web server: it can be read by name, but neither listed nor written.</summary>
internal sealed class HttpRemote : IRemote
{
    private const int AtOnce = 8;

    private static readonly HttpClient Client = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(10), PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = Timeout.InfiniteTimeSpan };

    private readonly Uri address;
    private readonly AuthenticationHeaderValue? authorization;

    public HttpRemote(Uri address, IReadOnlyDictionary<string, string> settings)
    {
        this.address = address;
        if (settings.GetValueOrDefault("user") is { } user) authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{user}:{settings.GetValueOrDefault("password")}")));
    }

    public bool IsWritable => false;

    public async Task<IReadOnlySet<string>> PresentAsync(IReadOnlyCollection<string> paths, CancellationToken cancellation)
    {
        var present = new System.Collections.Concurrent.ConcurrentBag<string>();
        await Parallel.ForEachAsync(paths, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (path, token) =>
        {
            using HttpResponseMessage answer = await SendAsync(HttpMethod.Head, path, 0, token).ConfigureAwait(false);
            if (answer.StatusCode == HttpStatusCode.NotFound) return;
            Expect(answer, path);
            present.Add(path);
        }).ConfigureAwait(false);
        return present.ToHashSet();
    }

    public IAsyncEnumerable<string> ListAsync(string folder, CancellationToken cancellation) => throw new PipelineException($"{address} is a web server, whose files cannot be listed");

    public async Task<bool> DownloadAsync(string path, string localFile, CancellationToken cancellation)
    {
        long have = File.Exists(localFile) ? new FileInfo(localFile).Length : 0;
        using HttpResponseMessage answer = await SendAsync(HttpMethod.Get, path, have, cancellation).ConfigureAwait(false);
        if (answer.StatusCode == HttpStatusCode.NotFound) return false;
        if (answer.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable) return true; // it is all here; its hash tells
        Expect(answer, path);
        await HttpBody.SaveAsync(answer, localFile, have, cancellation).ConfigureAwait(false);
        return true;
    }

    public Task UploadAsync(string localFile, string path, CancellationToken cancellation) => throw new PipelineException($"{address} is a web server, to which nothing can be sent");

    public Task DeleteAsync(string path, CancellationToken cancellation) => throw new PipelineException($"{address} is a web server, from which nothing can be removed");

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, long from, CancellationToken cancellation)
    {
        try
        {
            return await HttpBody.Repetition.ExecuteAsync(async token =>
            {
                using var request = new HttpRequestMessage(method, new Uri(address, path));
                request.Headers.Authorization = authorization;
                if (from > 0) request.Headers.Range = new RangeHeaderValue(from, null);
                HttpResponseMessage answer = await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token).ConfigureAwait(false);
                if (answer.StatusCode < HttpStatusCode.InternalServerError) return answer;
                answer.Dispose();
                throw new HttpRequestException($"the server answered {(int)answer.StatusCode}", null, answer.StatusCode);
            }, cancellation).ConfigureAwait(false);
        }
        catch (HttpRequestException away)
        {
            throw new IOException($"{address.Host}: {away.Message}", away);
        }
    }

    private void Expect(HttpResponseMessage answer, string path)
    {
        if (!answer.IsSuccessStatusCode) throw new IOException($"{address.Host} answered {(int)answer.StatusCode} {answer.ReasonPhrase} for {path}{(answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden ? "; vigie remote modify NAME user … and password … --local say who asks" : "")}");
    }
}

/// <summary>What remotes over HTTP share.</summary>
internal static class HttpBody
{
    private const int BufferBytes = 1 << 18;

    /// <summary>Asks again where the network or a server fails, a little later each time.</summary>
    public static ResiliencePipeline Repetition { get; } = new ResiliencePipelineBuilder()
        .AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 3, BackoffType = DelayBackoffType.Exponential, Delay = TimeSpan.FromMilliseconds(200), UseJitter = true, ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>(failure => failure.StatusCode is null or >= HttpStatusCode.InternalServerError) })
        .Build();

    /// <summary>Saves an answer's body behind what is there already, where the server sent the rest only.</summary>
    public static async Task SaveAsync(HttpResponseMessage answer, string localFile, long have, CancellationToken cancellation)
    {
        bool goesOn = answer.StatusCode == HttpStatusCode.PartialContent && answer.Content.Headers.ContentRange?.From == have;
        await using FileStream file = new(localFile, goesOn ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.None, 0, useAsync: true);
        await using Stream body = await answer.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await body.CopyToAsync(file, BufferBytes, cancellation).ConfigureAwait(false);
        file.Flush(flushToDisk: true);
    }
}
