namespace Vigie.Client;

/// <summary>Where a server is, and how it is asked.</summary>
public sealed record VigieClientOptions
{
    /// <summary>The server's address, such as <c>http://127.0.0.1:5199</c>; a path below which it is served may follow.</summary>
    public required Uri Address { get; init; }

    /// <summary>An API key, or null where the server is open. Sent as a bearer token; never logged.</summary>
    public string? Key { get; init; }

    /// <summary>
    /// How often a request is sent again that the server was too busy for (429, 503) or that did not reach it. One that changes something is sent again only
    /// where the server surely did nothing.
    /// </summary>
    public int Retries { get; init; } = 3;

    /// <summary>Wait before the first repetition, doubled for each further one; a server that says how long to wait is obeyed instead.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>A server that asks for a longer wait is not waited for: its refusal becomes an exception.</summary>
    public TimeSpan LongestRetryDelay { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The longest that one answer, or the next line of a stream, may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>Tweets sent in one request by <see cref="VigieClient.PredictAsync(IAsyncEnumerable{Tweet}, string?, CancellationToken)"/>; 1 to 100,000.</summary>
    public int BatchSize { get; init; } = 1_000;

    /// <summary>Sends the requests; null for one of its own. The caller's stays the caller's.</summary>
    public HttpMessageHandler? Handler { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <exception cref="ArgumentException">A value is out of range.</exception>
    internal void Check()
    {
        if (!Address.IsAbsoluteUri || (Address.Scheme != Uri.UriSchemeHttp && Address.Scheme != Uri.UriSchemeHttps))
            throw new ArgumentException($"address '{Address}': expected http://HOST:PORT or https://HOST");
        if (Key is not null && Key.Any(c => c is < '!' or > '~')) throw new ArgumentException("the key holds blanks or characters that no key has; was it copied whole?");
        if (Retries < 0) throw new ArgumentException($"retries {Retries}: expected 0 or more");
        if (BatchSize is < 1 or > 100_000) throw new ArgumentException($"batch size {BatchSize}: expected 1 to 100000");
    }
}
