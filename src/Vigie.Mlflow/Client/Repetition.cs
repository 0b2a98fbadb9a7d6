using System.Net;
using System.Net.Http.Headers;

using Polly;
using Polly.Retry;

namespace Vigie.Mlflow.Client;

/// <summary>Whether a request may be sent again when nobody knows how far it came.</summary>
internal enum Repeat
{
    /// <summary>Twice is once: reads, and writes that set something.</summary>
    Always,

    /// <summary>Twice would be two: it is sent again only where the server surely did nothing.</summary>
    OnlyWhenRefused,
}

/// <summary>When requests are sent again, and after how long.</summary>
internal static class Repetition
{
    /// <summary>The pipeline of requests of a kind. A failed attempt's answer is disposed before the next.</summary>
    public static ResiliencePipeline<HttpResponseMessage> Pipeline(MlflowClientOptions options, Repeat repeat)
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
                ShouldHandle = args => ValueTask.FromResult(IsWorthAnother(args.Outcome, repeat, options)),
                DelayGenerator = args => ValueTask.FromResult(args.Outcome.Result is { } answer ? AskedFor(answer, options.Clock) : null),
                OnRetry = args =>
                {
                    args.Outcome.Result?.Dispose();
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
    }

    private static bool IsWorthAnother(Outcome<HttpResponseMessage> outcome, Repeat repeat, MlflowClientOptions options)
    {
        if (outcome.Exception is { } failure)
        {
            if (IsConnectFailure(failure)) return true;
            return repeat is Repeat.Always && failure is IOException or TimeoutException or HttpRequestException { HttpRequestError: not HttpRequestError.SecureConnectionError };
        }

        HttpResponseMessage answer = outcome.Result!;
        TimeSpan? asked = AskedFor(answer, options.Clock);
        if (asked > options.LongestRetryDelay) return false;
        return answer.StatusCode switch
        {
            HttpStatusCode.TooManyRequests => true,
            // With Retry-After it is the server itself that speaks, and says that it did nothing; without, a proxy may have lost it on the way.
            HttpStatusCode.ServiceUnavailable => repeat is Repeat.Always || asked is not null,
            HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout or HttpStatusCode.RequestTimeout => repeat is Repeat.Always,
            _ => false,
        };
    }

    /// <summary>Whether the request never left: nobody listened, or the name is unknown.</summary>
    public static bool IsConnectFailure(Exception failure) =>
        failure is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError };

    private static TimeSpan? AskedFor(HttpResponseMessage answer, TimeProvider clock)
    {
        RetryConditionHeaderValue? header = answer.Headers.RetryAfter;
        TimeSpan? wait = header?.Delta ?? (header?.Date is { } date ? date - clock.GetUtcNow() : null);
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
