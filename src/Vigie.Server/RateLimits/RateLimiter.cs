using System.Diagnostics.Metrics;
using System.Globalization;

namespace Vigie.Server;

/// <summary>Lets a client's requests through, or refuses them with 429, and says with every answer what is left.</summary>
internal sealed class RateLimiter
{
    private readonly RateBudget? requests, tweets;
    private readonly RateLimitOptions options;
    private readonly TimeProvider clock;
    private readonly Counter<long> refused;

    public RateLimiter(RateLimitOptions options, TimeProvider clock, IMeterFactory meters, RedisLink? redis)
    {
        (this.options, this.clock) = (options, clock);
        if (options.Requests > 0) requests = new RateBudget("requests", options.Requests, options, clock, redis);
        if (options.Tweets > 0) tweets = new RateBudget("tweets", options.Tweets, options, clock, redis);
        refused = meters.Create(ServerMetrics.MeterName).CreateCounter<long>("vigie.rate_limit.refused", description: "Requests refused with 429");
    }

    /// <summary>Whether requests are limited.</summary>
    public bool IsOn => requests is not null;

    /// <summary>Counts a request.</summary>
    /// <returns>Whether it may go on; else it has been answered.</returns>
    public async ValueTask<bool> AdmitAsync(HttpContext context)
    {
        RateDecision decision = await requests!.TakeAsync(Client.Of(context), 1);
        HeadersOf(context).Requests = decision;
        if (decision.Allowed) return true;
        await TooMany(requests, decision).Problem.WriteAsync(context); // without a throw: a flood is refused at little cost
        return false;
    }

    /// <summary>Counts what somebody asks by a page instead of a request: one prediction, or a batch of tweets, within the limits that requests have.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="count">Tweets of a batch; null for a single prediction.</param>
    /// <exception cref="RequestException">429: there is nothing left for now.</exception>
    public async ValueTask AdmitAsync(Client client, int? count = null)
    {
        await TakeAsync(requests, client, 1);
        if (count > 0) await TakeAsync(tweets, client, count.Value);
    }

    /// <summary>Counts the tweets of a batch.</summary>
    /// <exception cref="RequestException">429: there are more than are left.</exception>
    public async ValueTask AdmitTweetsAsync(HttpContext context, int count)
    {
        if (tweets is null || count == 0) return;
        RateDecision decision = await tweets.TakeAsync(Client.Of(context), count);
        HeadersOf(context).Tweets = decision;
        if (decision.Allowed) return;
        throw TooMany(tweets, decision);
    }

    private async ValueTask TakeAsync(RateBudget? budget, Client client, int count)
    {
        if (budget is not null && await budget.TakeAsync(client, count) is { Allowed: false } decision) throw TooMany(budget, decision);
    }

    private RateHeaders HeadersOf(HttpContext context)
    {
        if (context.Features.Get<RateHeaders>() is { } headers) return headers;
        headers = new RateHeaders(context.Response, clock, requests, tweets);
        context.Features.Set(headers);
        // Not before: problems clear what was set.
        context.Response.OnStarting(static state => ((RateHeaders)state).Set(), headers);
        return headers;
    }

    private RequestException TooMany(RateBudget budget, RateDecision decision)
    {
        refused.Add(1, new KeyValuePair<string, object?>("budget", budget.Name));
        return RequestException.TooMany(
            string.Create(CultureInfo.InvariantCulture, $"at most {budget.Limit} {budget.Name} are taken from one client in {options.Window.TotalSeconds:0.###} s, and {decision.Remaining} are left; try again in {Problem.Seconds(decision.Wait)} s"), decision.Wait);
    }
}
