using System.Net;
using System.Net.Http.Headers;
using Polly;
using Polly.Retry;

namespace Vigie.Client;

/// <summary>When a request is sent again.</summary>
internal static class Repetition
{
    /// <summary>A pipeline for requests.</summary>
    /// <param name="options">How often, and after how long.</param>
    /// <param name="harmless">Whether being carried out twice does no harm.</param>
    public static ResiliencePipeline<HttpResponseMessage> Pipeline(VigieClientOptions options, bool harmless)
    {
        if (options.Retries == 0) return ResiliencePipeline<HttpResponseMessage>.Empty;
        return new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = options.Clock }
            .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                MaxRetryAttempts = options.Retries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = options.RetryDelay,
                MaxDelay = options.LongestRetryDelay,
                ShouldHandle = args => ValueTask.FromResult(IsWorthAnother(args.Outcome, harmless, options)),
                DelayGenerator = args => ValueTask.FromResult(args.Outcome.Result is { } answer ? AskedFor(answer, options.Clock) : null),
                OnRetry = args =>
                {
                    args.Outcome.Result?.Dispose();
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
    }

    /// <summary>How long the server asks to wait.</summary>
    public static TimeSpan? AskedFor(HttpResponseMessage answer, TimeProvider clock)
    {
        RetryConditionHeaderValue? header = answer.Headers.RetryAfter;
        TimeSpan? wait = header?.Delta ?? (header?.Date is { } date ? date - clock.GetUtcNow() : null);
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    /// <summary>Whether it was refused with a problem document (RFC 9457), as the server itself does it.</summary>
    public static bool IsProblem(HttpResponseMessage answer) => answer.Content.Headers.ContentType?.MediaType == "application/problem+json";

    private static bool IsWorthAnother(Outcome<HttpResponseMessage> outcome, bool harmless, VigieClientOptions options)
    {
        if (outcome.Exception is { } failure)
        {
            // Nobody listened, or the name is unknown: the request never left.
            if (failure is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError }) return true;
            // Whoever was silent for so long is not waited for as long once more.
            return harmless && failure is HttpRequestException { HttpRequestError: not HttpRequestError.SecureConnectionError, InnerException: not TimeoutException };
        }

        HttpResponseMessage answer = outcome.Result!;
        TimeSpan? asked = AskedFor(answer, options.Clock);
        if (asked > options.LongestRetryDelay) return false;
        return answer.StatusCode switch
        {
            HttpStatusCode.TooManyRequests => true,
            // With Retry-After the server itself says that it did nothing; a proxy may have lost what was done.
            HttpStatusCode.ServiceUnavailable => harmless || (asked is not null && IsProblem(answer)),
            HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout => harmless,
            _ => false,
        };
    }
}
