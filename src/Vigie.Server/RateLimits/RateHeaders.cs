using System.Globalization;

namespace Vigie.Server;

/// <summary>
/// What is left, on every answer that was counted: <c>RateLimit-Policy</c> and <c>RateLimit</c> (draft-ietf-httpapi-ratelimit-headers-10), and the
/// <c>X-RateLimit-…</c> that clients in the field know, of which Reset is in seconds since 1970 as GitHub has it.
/// </summary>
internal sealed class RateHeaders(HttpResponse response, TimeProvider clock, RateBudget? requestBudget, RateBudget? tweetBudget)
{
    public RateDecision? Requests { get; set; }

    public RateDecision? Tweets { get; set; }

    public Task Set()
    {
        IHeaderDictionary headers = response.Headers;
        string policy = "", left = "";
        if (Requests is { } requests)
        {
            long wait = Problem.Seconds(requests.Wait);
            policy = requestBudget!.Policy;
            left = Left(requestBudget, requests.Remaining, wait);
            headers["X-RateLimit-Limit"] = requestBudget.LimitText;
            headers["X-RateLimit-Remaining"] = Number(requests.Remaining);
            headers["X-RateLimit-Reset"] = Number(clock.GetUtcNow().ToUnixTimeSeconds() + wait);
        }

        if (Tweets is { } tweets)
        {
            string separator = policy.Length > 0 ? ", " : "";
            policy += separator + tweetBudget!.Policy;
            left += separator + Left(tweetBudget, tweets.Remaining, Problem.Seconds(tweets.Wait));
        }

        headers["RateLimit-Policy"] = policy;
        headers["RateLimit"] = left;
        return Task.CompletedTask;
    }

    private static string Left(RateBudget budget, int remaining, long wait) => string.Create(CultureInfo.InvariantCulture, $"\"{budget.Name}\";r={remaining};t={wait}");

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
