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

    /// <summary>A server that asks for a longer wait is not waited for: its refusal becomes an exception. A used-up limit of requests a minute asks for up to 61 s.</summary>
    public TimeSpan LongestRetryDelay { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long the server may be silent: until an answer begins, and before each further part of it.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>Tweets sent in one request by <see cref="VigieClient.PredictAsync(IAsyncEnumerable{Tweet}, string?, CancellationToken)"/>; 1 to 100,000.</summary>
    public int BatchSize { get; init; } = 1_000;

    /// <summary>Sends the requests; null for one of its own. The caller's stays the caller's.</summary>
    public HttpMessageHandler? Handler { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Without the key: options end up in logs.</summary>
    public override string ToString() => $"{Address}{(Key is null ? "" : " with a key")}";

    /// <exception cref="ArgumentException">A value is out of range.</exception>
    internal void Check()
    {
        if (!Address.IsAbsoluteUri || (Address.Scheme != Uri.UriSchemeHttp && Address.Scheme != Uri.UriSchemeHttps))
            throw new ArgumentException($"address '{Address}': expected http://HOST:PORT or https://HOST");
        if (Address.UserInfo.Length > 0) throw new ArgumentException("the address holds a name or password, which no server here asks for; give a key instead");
        if (Address.Query.Length > 0 || Address.Fragment.Length > 0) throw new ArgumentException($"address '{Address}': expected a host, and at most a path behind it");
        if (Key is "") throw new ArgumentException("the key is empty; leave it out where the server is open");
        if (Key is not null && Key.Any(c => c is < '!' or > '~')) throw new ArgumentException("the key holds blanks or characters that no key has; was it copied whole?");
        if (Retries < 0) throw new ArgumentException($"retries {Retries}: expected 0 or more");
        Range("retry delay", RetryDelay, TimeSpan.Zero);
        Range("longest retry delay", LongestRetryDelay, TimeSpan.Zero);
        Range("timeout", Timeout, TimeSpan.FromMilliseconds(1));
        if (BatchSize is < 1 or > 100_000) throw new ArgumentException($"batch size {BatchSize}: expected 1 to 100000");
    }

    private static void Range(string name, TimeSpan value, TimeSpan least)
    {
        if (value < least || value > TimeSpan.FromDays(1)) throw new ArgumentException($"{name} {value}: expected {least} to {TimeSpan.FromDays(1)}");
    }
}
