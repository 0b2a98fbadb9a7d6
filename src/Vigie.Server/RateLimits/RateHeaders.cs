using System.Globalization;

namespace Vigie.Server;

/// <summary>
/// What is left, on every answer that was counted: <c>RateLimit-Policy</c> and <c>RateLimit</c> (draft-ietf-httpapi-ratelimit-headers-10), and the
/// <c>X-RateLimit-…</c> that clients in the field know, of which Reset is in seconds since 1970 as GitHub has it.
/// </summary>
internal sealed class RateHeaders(HttpResponse response, TimeProvider clock, int? requestLimit, int? tweetLimit, long windowSeconds)
{
    public RateDecision? Requests { get; set; }

    public RateDecision? Tweets { get; set; }

    public TimeSpan? RetryAfter { get; set; }

    /// <summary>Whole seconds, after which it is certainly over.</summary>
    public static long Seconds(TimeSpan wait) => Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));

    public Task Set()
    {
        IHeaderDictionary headers = response.Headers;
        string policy = "", left = "";
        if (Requests is { } requests)
        {
            long wait = Seconds(requests.Wait);
            policy = string.Create(CultureInfo.InvariantCulture, $"\"requests\";q={requestLimit};w={windowSeconds}");
            left = string.Create(CultureInfo.InvariantCulture, $"\"requests\";r={requests.Remaining};t={wait}");
            headers["X-RateLimit-Limit"] = Number(requestLimit!.Value);
            headers["X-RateLimit-Remaining"] = Number(requests.Remaining);
            headers["X-RateLimit-Reset"] = Number(clock.GetUtcNow().ToUnixTimeSeconds() + wait);
        }

        if (Tweets is { } tweets)
        {
            string separator = policy.Length > 0 ? ", " : "";
            policy += string.Create(CultureInfo.InvariantCulture, $"{separator}\"tweets\";q={tweetLimit};w={windowSeconds};qu=\"tweets\"");
            left += string.Create(CultureInfo.InvariantCulture, $"{separator}\"tweets\";r={tweets.Remaining};t={Seconds(tweets.Wait)}");
        }

        headers["RateLimit-Policy"] = policy;
        headers["RateLimit"] = left;
        if (RetryAfter is { } retry) headers.RetryAfter = Number(Seconds(retry));
        return Task.CompletedTask;
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
