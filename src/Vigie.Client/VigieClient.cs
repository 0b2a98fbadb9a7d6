using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Polly;

namespace Vigie.Client;

/// <summary>Asks a server for predictions. Safe for any number of threads; make one and keep it.</summary>
public sealed class VigieClient : IDisposable
{
    private static readonly MediaTypeHeaderValue JsonLines = new("application/x-ndjson");

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
        http = new HttpClient(options.Handler ?? new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) }, disposeHandler: options.Handler is null)
        {
            BaseAddress = new Uri(options.Address.ToString().TrimEnd('/') + "/v1/"),
            Timeout = options.Timeout,
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
    /// <exception cref="HttpRequestException">The server cannot be reached.</exception>
    public async Task<Prediction> PredictAsync(Tweet tweet, string? model = null, CancellationToken cancellation = default)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(tweet, ClientJson.Default.Tweet);
        using HttpResponseMessage answer = await SendAsync(asking, HttpMethod.Post, "predict" + Query(model), body, JsonBody, cancellation);
        return await ReadAsync(answer, ClientJson.Default.Prediction, cancellation);
    }

    /// <summary>Classifies many tweets, in batches, in their order; memory holds one batch at a time.</summary>
    /// <inheritdoc cref="PredictAsync(Tweet, string?, CancellationToken)"/>
    /// <param name="tweets">The tweets.</param>
    /// <param name="model">One of the server's models; null for its champion.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async IAsyncEnumerable<Prediction> PredictAsync(IAsyncEnumerable<Tweet> tweets, string? model = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(tweets);
        await foreach (Tweet[] batch in tweets.Chunk(options.BatchSize).WithCancellation(cancellation))
        {
            using HttpResponseMessage answer = await SendAsync(asking, HttpMethod.Post, "predict/batch" + Query(model), Lines(batch), JsonLines, cancellation);
            int count = 0;
            using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellation), Encoding.UTF8);
            while (await reader.ReadLineAsync(cancellation) is { } line)
            {
                if (line.Length == 0) continue;
                count++;
                yield return JsonSerializer.Deserialize(line, ClientJson.Default.Prediction) ?? throw Broken(count, batch.Length);
            }

            if (count != batch.Length) throw Broken(count, batch.Length);
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
    /// <exception cref="HttpRequestException">The server cannot be reached.</exception>
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
    /// <exception cref="HttpRequestException">The server cannot be reached.</exception>
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
    /// <exception cref="HttpRequestException">The server cannot be reached.</exception>
    public async Task<ModelInfo> ModelAsync(string? model = null, CancellationToken cancellation = default)
    {
        using HttpResponseMessage answer = await SendAsync(asking, HttpMethod.Get, "model/info" + Query(model), null, JsonBody, cancellation);
        return await ReadAsync(answer, ClientJson.Default.ModelInfo, cancellation);
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private async Task<Correction> CorrectAsync(CorrectionRequest correction, CancellationToken cancellation)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(correction, ClientJson.Default.CorrectionRequest);
        using HttpResponseMessage answer = await SendAsync(changing, HttpMethod.Post, "feedback", body, JsonBody, cancellation);
        return await ReadAsync(answer, ClientJson.Default.Correction, cancellation);
    }

    private async Task<Erasure> EraseAsync(string kind, string name, CancellationToken cancellation)
    {
        // What is erased already is erased once more without harm.
        using HttpResponseMessage answer = await SendAsync(asking, HttpMethod.Delete, $"{kind}/{Uri.EscapeDataString(name)}", null, JsonBody, cancellation);
        return await ReadAsync(answer, ClientJson.Default.Erasure, cancellation);
    }

    private static MediaTypeHeaderValue JsonBody { get; } = new("application/json");

    private async Task<HttpResponseMessage> SendAsync(
        ResiliencePipeline<HttpResponseMessage> pipeline, HttpMethod method, string path, byte[]? body, MediaTypeHeaderValue type, CancellationToken cancellation)
    {
        HttpResponseMessage answer = await pipeline.ExecuteAsync(
            async stop =>
            {
                using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new ByteArrayContent(body) { Headers = { ContentType = type } } };
                return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
            },
            cancellation);
        if (answer.IsSuccessStatusCode) return answer;
        using (answer) throw await RefusalAsync(answer, cancellation);
    }

    private async Task<VigieProblemException> RefusalAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        Problem? problem = null;
        if (answer.Content.Headers.ContentType?.MediaType == "application/problem+json")
            problem = await ReadAsync(answer, ClientJson.Default.Problem, cancellation);
        return new VigieProblemException(answer.StatusCode, problem, Repetition.AskedFor(answer, options.Clock));
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage answer, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        await using Stream body = await answer.Content.ReadAsStreamAsync(cancellation);
        return await JsonSerializer.DeserializeAsync(body, type, cancellation) ?? throw new JsonException("the server answered null");
    }

    private static byte[] Lines(Tweet[] batch)
    {
        using var lines = new MemoryStream();
        foreach (Tweet tweet in batch)
        {
            JsonSerializer.Serialize(lines, tweet, ClientJson.Default.Tweet);
            lines.WriteByte((byte)'\n');
        }

        return lines.ToArray();
    }

    private static string Query(string? model) => model is null ? "" : $"?model={Uri.EscapeDataString(model)}";

    private static IOException Broken(int count, int sent) => new($"the answer broke off: {sent} tweets were sent and {count} answers came; send them again");
}
