using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Polly;

namespace Vigie.Client;

/// <summary>Asks a server for predictions. Safe for any number of threads; make one and keep it.</summary>
public sealed class VigieClient : IDisposable
{
    // A batch of long texts ends before its number of tweets is reached: servers and proxies limit a body.
    private const int FullBody = 8 << 20;

    private static readonly MediaTypeHeaderValue JsonBody = new("application/json"), JsonLines = new("application/x-ndjson");

    private readonly VigieClientOptions options;
    private readonly HttpClient http;
    private readonly ResiliencePipeline<HttpResponseMessage> asking, changing;

    /// <summary>A client of one server.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public VigieClient(VigieClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        this.options = options;
        // Redirections are not followed: a POST would arrive as a GET, and without its key.
        HttpMessageHandler handler = options.Handler ?? new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), AllowAutoRedirect = false };
        http = new HttpClient(handler, disposeHandler: options.Handler is null)
        {
            BaseAddress = new Uri(options.Address.AbsoluteUri.TrimEnd('/') + "/v1/"),
            Timeout = Timeout.InfiniteTimeSpan, // it would end with the headers of a stream, and know only the machine's clock
        };
        if (options.Key is { } key) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        asking = Repetition.Pipeline(options, harmless: true);
        changing = Repetition.Pipeline(options, harmless: false);
    }

    /// <summary>Classifies one text.</summary>
    /// <inheritdoc cref="PredictAsync(Tweet, string?, CancellationToken)"/>
    public Task<Prediction> PredictAsync(string text, CancellationToken cancellation = default) => PredictAsync(new Tweet(text), null, cancellation);

    /// <summary>Classifies one tweet.</summary>
    /// <param name="tweet">The tweet.</param>
    /// <param name="model">One of the server's models; null for its champion.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="VigieProblemException">The server refused.</exception>
    /// <exception cref="HttpRequestException">The server cannot be reached, is silent, breaks off, or is none of ours.</exception>
    public async Task<Prediction> PredictAsync(Tweet tweet, string? model = null, CancellationToken cancellation = default)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(tweet, ClientJson.Wire.Tweet);
        using HttpResponseMessage answer = await SendAsync(asking, HttpMethod.Post, "predict" + Query(model), body, JsonBody, cancellation);
        return await ReadAsync(answer, ClientJson.Wire.Prediction, cancellation);
    }

    /// <summary>Classifies many tweets, in batches, in their order; memory holds one batch at a time. A batch is sent when it is full, or the tweets end.</summary>
    /// <inheritdoc cref="PredictAsync(Tweet, string?, CancellationToken)"/>
    /// <param name="tweets">The tweets.</param>
    /// <param name="model">One of the server's models; null for its champion.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async IAsyncEnumerable<Prediction> PredictAsync(IAsyncEnumerable<Tweet> tweets, string? model = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(tweets);
        await foreach ((byte[] body, int sent) in BodiesAsync(tweets, cancellation))
        {
            using HttpResponseMessage answer = await SendAsync(asking, HttpMethod.Post, "predict/batch" + Query(model), body, JsonLines, cancellation);
            int count = 0;
            await foreach (Prediction prediction in LinesAsync(answer, cancellation))
            {
                count++;
                yield return prediction;
            }

            if (count != sent) throw BrokenOff(null, string.Create(CultureInfo.InvariantCulture, $"{sent} tweets were sent and {count} answers came; send them again"));
        }
    }

    /// <inheritdoc cref="PredictAsync(IAsyncEnumerable{Tweet}, string?, CancellationToken)"/>
    public IAsyncEnumerable<Prediction> PredictAsync(IEnumerable<Tweet> tweets, string? model = null, CancellationToken cancellation = default) =>
        PredictAsync(tweets.ToAsyncEnumerable(), model, cancellation);

    /// <summary>Says what would have been right. Returns when the server has it on its disk.</summary>
    /// <param name="predictionId">The prediction that is corrected, or confirmed.</param>
    /// <param name="label">What is right.</param>
    /// <param name="reporter">Who says so; the server keeps a keyed hash.</param>
    /// <param name="comment">Why.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="VigieProblemException">The server refused, such as where it never gave out that id.</exception>
    /// <exception cref="HttpRequestException">The server cannot be reached, is silent, breaks off, or is none of ours.</exception>
    public Task<Correction> CorrectAsync(string predictionId, Sentiment label, string? reporter = null, string? comment = null, CancellationToken cancellation = default) =>
        CorrectAsync(new CorrectionRequest { PredictionId = predictionId, Label = label, Reporter = reporter, Comment = comment }, cancellation);

    /// <summary>The same for a tweet whose prediction has no id any more.</summary>
    /// <inheritdoc cref="CorrectAsync(string, Sentiment, string?, string?, CancellationToken)"/>
    /// <param name="text">The tweet.</param>
    /// <param name="predicted">What had been predicted.</param>
    /// <param name="label">What is right.</param>
    /// <param name="reporter">Who says so; the server keeps a keyed hash.</param>
    /// <param name="comment">Why.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public Task<Correction> CorrectAsync(string text, Sentiment predicted, Sentiment label, string? reporter = null, string? comment = null, CancellationToken cancellation = default) =>
        CorrectAsync(new CorrectionRequest { Text = text, Predicted = predicted, Label = label, Reporter = reporter, Comment = comment }, cancellation);

    /// <summary>Erases what the server keeps of a tweet.</summary>
    /// <param name="id">As it was sent with the tweet.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="VigieProblemException">The server refused.</exception>
    /// <exception cref="HttpRequestException">The server cannot be reached, is silent, breaks off, or is none of ours.</exception>
    public Task<Erasure> EraseTweetAsync(string id, CancellationToken cancellation = default) => EraseAsync("tweets", id, cancellation);

    /// <summary>Erases what the server keeps of an author.</summary>
    /// <param name="author">As it was sent with their tweets.</param>
    /// <inheritdoc cref="EraseTweetAsync"/>
    /// <param name="cancellation">Ends the wait.</param>
    public Task<Erasure> EraseAuthorAsync(string author, CancellationToken cancellation = default) => EraseAsync("authors", author, cancellation);

    /// <summary>What is known of a model.</summary>
    /// <param name="model">One of the server's models; null for its champion.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="VigieProblemException">The server refused.</exception>
    /// <exception cref="HttpRequestException">The server cannot be reached, is silent, breaks off, or is none of ours.</exception>
    public async Task<ModelInfo> ModelAsync(string? model = null, CancellationToken cancellation = default)
    {
        using HttpResponseMessage answer = await SendAsync(asking, HttpMethod.Get, "model/info" + Query(model), null, JsonBody, cancellation);
        return await ReadAsync(answer, ClientJson.Wire.ModelInfo, cancellation);
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private async Task<Correction> CorrectAsync(CorrectionRequest correction, CancellationToken cancellation)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(correction, ClientJson.Wire.CorrectionRequest);
        using HttpResponseMessage answer = await SendAsync(changing, HttpMethod.Post, "feedback", body, JsonBody, cancellation);
        return await ReadAsync(answer, ClientJson.Wire.Correction, cancellation);
    }

    private async Task<Erasure> EraseAsync(string kind, string name, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name is "" or "." or ".." || name.Contains('\0', StringComparison.Ordinal)) throw new ArgumentException($"'{name}' cannot stand in a path, so a server cannot be asked to erase it alone", nameof(name));
        // What is erased already is erased once more without harm.
        using HttpResponseMessage answer = await SendAsync(asking, HttpMethod.Delete, $"{kind}/{Uri.EscapeDataString(name)}", null, JsonBody, cancellation);
        return await ReadAsync(answer, ClientJson.Wire.Erasure, cancellation);
    }

    private async Task<HttpResponseMessage> SendAsync(
        ResiliencePipeline<HttpResponseMessage> pipeline, HttpMethod method, string path, byte[]? body, MediaTypeHeaderValue type, CancellationToken cancellation)
    {
        HttpResponseMessage answer = await pipeline.ExecuteAsync(
            async stop =>
            {
                using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new ByteArrayContent(body) { Headers = { ContentType = type } } };
                return await WithinAsync(async either => await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either), stop);
            },
            cancellation);
        if (answer.IsSuccessStatusCode) return answer;
        using (answer) throw await RefusalAsync(answer, cancellation);
    }

    private async Task<Exception> RefusalAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        if (answer.Headers.Location is { } elsewhere) return new HttpRequestException(HttpRequestError.InvalidResponse, $"the server sends to {elsewhere}; use that address");
        Problem? problem = Repetition.IsProblem(answer) ? await ReadAsync(answer, ClientJson.Wire.Problem, cancellation) : null;
        return new VigieProblemException(answer.StatusCode, problem, Repetition.AskedFor(answer, options.Clock));
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage answer, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        try
        {
            byte[] body = await WithinAsync(async stop => await answer.Content.ReadAsByteArrayAsync(stop), cancellation);
            return Parse(new ReadOnlySequence<byte>(body), type);
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded })
        {
            throw BrokenOff(broken, "it ended before it was whole");
        }
    }

    /// <summary>The lines of a stream as they come. One that has no end is none.</summary>
    private async IAsyncEnumerable<Prediction> LinesAsync(HttpResponseMessage answer, [EnumeratorCancellation] CancellationToken cancellation)
    {
        PipeReader reader = PipeReader.Create(await answer.Content.ReadAsStreamAsync(cancellation));
        try
        {
            for (int count = 0; ;)
            {
                ReadResult read;
                try
                {
                    read = await WithinAsync(stop => reader.ReadAsync(stop), cancellation);
                }
                catch (IOException broken)
                {
                    throw BrokenOff(broken, string.Create(CultureInfo.InvariantCulture, $"{count} answers of this batch came; send the others again"));
                }

                ReadOnlySequence<byte> rest = read.Buffer;
                while (rest.PositionOf((byte)'\n') is { } end)
                {
                    count++;
                    yield return Parse(rest.Slice(0, end), ClientJson.Wire.Prediction);
                    rest = rest.Slice(rest.GetPosition(1, end));
                }

                reader.AdvanceTo(rest.Start, rest.End);
                if (read.IsCompleted) yield break;
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    /// <summary>Waits for the server, and no longer than the options say.</summary>
    private async ValueTask<T> WithinAsync<T>(Func<CancellationToken, ValueTask<T>> wait, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(options.Timeout, options.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            return await wait(either.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new HttpRequestException(string.Create(CultureInfo.InvariantCulture, $"the server was silent for {options.Timeout.TotalSeconds} s"), new TimeoutException());
        }
    }

    private async IAsyncEnumerable<(byte[] Body, int Tweets)> BodiesAsync(IAsyncEnumerable<Tweet> tweets, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var lines = new MemoryStream();
        int count = 0;
        await foreach (Tweet tweet in tweets.WithCancellation(cancellation))
        {
            JsonSerializer.Serialize(lines, tweet, ClientJson.Wire.Tweet);
            lines.WriteByte((byte)'\n');
            if (++count < options.BatchSize && lines.Length < FullBody) continue;
            yield return (lines.ToArray(), count);
            lines.SetLength(0);
            count = 0;
        }

        if (count > 0) yield return (lines.ToArray(), count);
    }

    private static T Parse<T>(ReadOnlySequence<byte> json, JsonTypeInfo<T> type)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            return JsonSerializer.Deserialize(ref reader, type) ?? throw new JsonException("it is null");
        }
        catch (JsonException wrong)
        {
            throw new HttpRequestException(HttpRequestError.InvalidResponse, $"the answer is not one of this API: {wrong.Message}", wrong);
        }
    }

    private static string Query(string? model) => model is null ? "" : $"?model={Uri.EscapeDataString(model)}";

    private static HttpRequestException BrokenOff(Exception? cause, string consequence) => new(HttpRequestError.ResponseEnded, $"the answer broke off: {consequence}", cause);
}
