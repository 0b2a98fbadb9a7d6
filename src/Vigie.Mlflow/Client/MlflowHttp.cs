using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

using Polly;

namespace Vigie.Mlflow.Client;

/// <summary>Sends requests to one server: authentication, repetition, time limits, and failures as <see cref="MlflowException"/>.</summary>
internal sealed class MlflowHttp : IDisposable
{
    private readonly HttpClient client;
    private readonly ResiliencePipeline<HttpResponseMessage> always;
    private readonly ResiliencePipeline<HttpResponseMessage> whenRefused;

    public MlflowHttp(MlflowClientOptions options)
    {
        Options = options.Validated();
        always = Repetition.Pipeline(Options, Repeat.Always);
        whenRefused = Repetition.Pipeline(Options, Repeat.OnlyWhenRefused);
        var handler = new SocketsHttpHandler
        {
            // A redirected POST would become a GET, and a secret could follow it to another host.
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate,
            ConnectTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            UseCookies = false,
        };
        if (Options.InsecureTls)
        {
#pragma warning disable CA5359 // asked for by name, see MlflowClientOptions.InsecureTls
            handler.SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true };
#pragma warning restore CA5359
        }

        client = new HttpClient(handler) { BaseAddress = Options.Server, Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("Vigie.Mlflow", typeof(MlflowHttp).Assembly.GetName().Version?.ToString(3)));
        if (Options is { Username: { } user, Password: { } password })
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
        else if (Options.Token is { } token)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public MlflowClientOptions Options { get; }

    /// <summary>Sends a JSON request and reads the answer.</summary>
    public async Task<TAnswer> SendAsync<TBody, TAnswer>(
        HttpMethod method, string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<TAnswer> answerType, Repeat repeat, CancellationToken cancellation)
    {
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(body, bodyType);
        using HttpResponseMessage answer = await SendAsync(
            () => new HttpRequestMessage(method, path) { Content = new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } } },
            repeat, HttpCompletionOption.ResponseContentRead, cancellation);
        return await ReadAsync(answer, answerType, cancellation);
    }

    /// <summary>Gets a JSON answer.</summary>
    public async Task<TAnswer> GetAsync<TAnswer>(string path, JsonTypeInfo<TAnswer> answerType, CancellationToken cancellation)
    {
        using HttpResponseMessage answer = await SendAsync(() => new HttpRequestMessage(HttpMethod.Get, path), Repeat.Always, HttpCompletionOption.ResponseContentRead, cancellation);
        return await ReadAsync(answer, answerType, cancellation);
    }

    /// <summary>Sends a request, again where that is safe, and gives a successful answer; the caller disposes it.</summary>
    /// <param name="make">Makes the request, anew for each attempt.</param>
    /// <param name="repeat">Whether twice is once.</param>
    /// <param name="completion">Whether an attempt, and its time limit, includes the answer's body.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="MlflowException">The server refuses, or cannot be reached.</exception>
    public async Task<HttpResponseMessage> SendAsync(
        Func<HttpRequestMessage> make, Repeat repeat, HttpCompletionOption completion, CancellationToken cancellation)
    {
        int attempts = 0;
        string what = "";
        bool isDelete = false;
        long start = Options.Clock.GetTimestamp();
        HttpResponseMessage answer;
        try
        {
            answer = await (repeat is Repeat.Always ? always : whenRefused).ExecuteAsync(
                async token =>
                {
                    attempts++;
                    using HttpRequestMessage request = make();
                    what = $"{request.Method} {PathOf(request)}";
                    isDelete = request.Method == HttpMethod.Delete;
                    return await AttemptAsync(request, completion, token);
                },
                cancellation);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or TimeoutException)
        {
            throw Unreachable(what, failure, attempts, Options.Clock.GetElapsedTime(start));
        }

        // What a first attempt removed before its answer was lost, a second one does not find.
        if (answer.IsSuccessStatusCode || (answer.StatusCode is HttpStatusCode.NotFound && attempts > 1 && isDelete)) return answer;
        using (answer) throw await RefusedAsync(what, answer, cancellation);
    }

    private async Task<HttpResponseMessage> AttemptAsync(HttpRequestMessage request, HttpCompletionOption completion, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(Options.Timeout, Options.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        // A large file takes what it takes: the limit begins anew with every part of it that is on its way.
        if (request.Content is UploadContent upload) upload.Moved = () => late.CancelAfter(Options.Timeout);
        try
        {
            return await client.SendAsync(request, completion, either.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"no answer within {Options.Timeout.TotalSeconds:0.###} s");
        }
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage answer, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(await answer.Content.ReadAsStreamAsync(cancellation), type, cancellation)
                ?? throw new JsonException("null");
        }
        catch (JsonException failure)
        {
            throw new MlflowException(ErrorCode.InternalError,
                $"{Options.Server} answered {answer.Content.Headers.ContentType?.MediaType ?? "nothing"} that is not what MLflow's protocol says ({failure.Message}); is it an MLflow server?", failure);
        }
    }

    private MlflowException Unreachable(string what, Exception failure, int attempts, TimeSpan took)
    {
        string reason = failure is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError, InnerException: AuthenticationException tls }
            ? $"{tls.Message}; a certificate that cannot be trusted is accepted only with {MlflowEnvironment.InsecureTlsVariable}=true"
            : failure.InnerException is { } inner and not TimeoutException ? $"{failure.Message} {inner.Message}" : failure.Message;
        string tried = attempts == 1 ? "once" : $"{attempts} times in {took.TotalSeconds:0.0} s";
        return new(ErrorCode.TemporarilyUnavailable, WithoutSecrets($"{what}: {Options.Server} cannot be reached, tried {tried}: {reason}"), failure);
    }

    private async Task<MlflowException> RefusedAsync(string what, HttpResponseMessage answer, CancellationToken cancellation)
    {
        if ((int)answer.StatusCode is >= 300 and < 400)
            return new(ErrorCode.EndpointNotFound, WithoutSecrets(
                $"{what}: {Options.Server} sends on to {(answer.Headers.Location is { } to ? MlflowEnvironment.WithoutSecrets(new Uri(Options.Server, to).AbsoluteUri) : "another address")}; set {MlflowEnvironment.TrackingUriVariable} to the address that answers itself"));

        string text = await BeginningAsync(answer, cancellation);
        if (ErrorOf(text) is { } error) return new(error.Code, WithoutSecrets(error.Message ?? what));
        string excerpt = text.Length > 300 ? text[..300] + "…" : text;
        return new(CodeOf(answer.StatusCode), WithoutSecrets($"{what}: {Options.Server} answered {(int)answer.StatusCode} {answer.ReasonPhrase}: {excerpt.ReplaceLineEndings(" ")}".TrimEnd(' ', ':')));
    }

    /// <summary>An error in MLflow's own form; null for a proxy's or another server's.</summary>
    private static (string Code, string? Message)? ErrorOf(string text)
    {
        try
        {
            using var error = JsonDocument.Parse(text);
            if (error.RootElement.ValueKind is not JsonValueKind.Object || !error.RootElement.TryGetProperty("error_code", out JsonElement code) || code.ValueKind is not JsonValueKind.String) return null;
            return (code.GetString()!, error.RootElement.TryGetProperty("message", out JsonElement said) && said.ValueKind is JsonValueKind.String ? said.GetString() : null);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static async Task<string> BeginningAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        // An error that says more than this says nothing.
        byte[] buffer = new byte[64 * 1024];
        try
        {
            await using Stream body = await answer.Content.ReadAsStreamAsync(cancellation);
            int length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
            return Encoding.UTF8.GetString(buffer, 0, length);
        }
        catch (Exception failure) when (failure is IOException or HttpRequestException)
        {
            return $"(its text broke off: {failure.Message})";
        }
    }

    private static string CodeOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized => ErrorCode.Unauthenticated,
        HttpStatusCode.Forbidden => ErrorCode.PermissionDenied,
        HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed => ErrorCode.EndpointNotFound,
        HttpStatusCode.Conflict => ErrorCode.Aborted,
        HttpStatusCode.TooManyRequests => ErrorCode.RequestLimitExceeded,
        HttpStatusCode.NotImplemented => ErrorCode.NotImplemented,
        HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout or HttpStatusCode.RequestTimeout => ErrorCode.TemporarilyUnavailable,
        >= (HttpStatusCode)400 and < (HttpStatusCode)500 => ErrorCode.BadRequest,
        _ => ErrorCode.InternalError,
    };

    private string PathOf(HttpRequestMessage request) => new Uri(Options.Server, request.RequestUri!).AbsolutePath;

    /// <summary>A server may repeat in an error what it was sent.</summary>
    private string WithoutSecrets(string message)
    {
        foreach (string? secret in (ReadOnlySpan<string?>)[Options.Password, Options.Token, client.DefaultRequestHeaders.Authorization?.Parameter])
        {
            if (secret is { Length: > 0 }) message = message.Replace(secret, "***", StringComparison.Ordinal);
        }

        return message;
    }

    public void Dispose() => client.Dispose();
}
