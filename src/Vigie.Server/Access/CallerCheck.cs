using System.Globalization;
using System.Net;
using Microsoft.Extensions.Primitives;

namespace Vigie.Server;

/// <summary>Finds out who sent a request, and lets it through to an endpoint whose scope that caller has.</summary>
internal sealed class CallerCheck(bool closed, KeyRing? keys, OidcTokens? tokens, WrongKeys wrong)
{
    public const string KeyHeader = "X-API-Key";

    private const string Bearer = "Bearer ";

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (NeededBy(context.GetEndpoint()) is not { } scope)
            return context.GetEndpoint()?.Metadata.GetMetadata<TellsMore>() is { } more ? GreetAsync(context, next, more.Scope) : next(context);
        if (!closed) return Open(context, next);
        if (Read(context.Request, out bool isToken, out Refusal? refusal) is not { } sent) return RefuseAsync(context, refusal!.Problem, refusal.Error);
        Caller? caller = keys?.Find(sent) ?? (isToken ? tokens?.Recall(sent) : null);
        return caller is not null ? EnterAsync(context, next, caller, scope) : WrongAsync(context, next, sent, isToken, scope);
    }

    /// <summary>The key or token that was sent; null, and what is wrong, where none was that could be one.</summary>
    private static string? Read(HttpRequest request, out bool isToken, out Refusal? refusal)
    {
        StringValues authorization = request.Headers.Authorization, key = request.Headers[KeyHeader];
        isToken = authorization.Count == 1;
        refusal = (authorization.Count + key.Count) switch
        {
            0 => new Refusal(Unknown("a key or a token is missing; send it as 'Authorization: Bearer …' or 'X-API-Key'"), null),
            > 1 => new Refusal(Unknown("several keys or tokens were sent; expected one"), "invalid_request"),
            _ => null,
        };
        if (refusal is not null) return null;
        if (!isToken) return key.ToString();
        string sent = authorization.ToString();
        if (sent.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)) return sent[Bearer.Length..];
        refusal = new Refusal(Unknown("the Authorization header is not of the kind 'Bearer …'"), "invalid_request");
        return null;
    }

    /// <summary>Lets anybody in, and finds out whether more may be said than to a stranger.</summary>
    private async Task GreetAsync(HttpContext context, RequestDelegate next, Scope more)
    {
        if (!closed || (Read(context.Request, out bool isToken, out _) is { } sent && await KnownAsync(context, sent, isToken) is { } caller && caller.Scopes.Allow(more))) TellsMore.Allow(context);
        await next(context);
    }

    private async ValueTask<Caller?> KnownAsync(HttpContext context, string sent, bool isToken)
    {
        try
        {
            Caller? caller = keys?.Find(sent) ?? (isToken ? tokens?.Recall(sent) : null);
            IPAddress? from = context.Connection.RemoteIpAddress;
            if (caller is null && wrong.Wait(from) == TimeSpan.Zero)
            {
                bool expired = false;
                if (isToken && tokens is not null && !KeySecret.IsOne(sent)) (caller, expired) = await tokens.FindAsync(context, sent, isSuspect: false);
                if (caller is null && !expired) wrong.Add(from);
            }

            if (caller is not null) context.User = caller.Principal;
            return caller;
        }
        catch (RequestException)
        {
            return null; // keys or provider are away; that is told, and logged, where somebody has to be known
        }
    }

    /// <summary>Asks nobody; whoever sends a key that is known is counted and logged by it.</summary>
    private Task Open(HttpContext context, RequestDelegate next)
    {
        string sent = context.Request.Headers[KeyHeader].ToString();
        if (sent.Length == 0 && context.Request.Headers.Authorization.ToString() is { Length: > 0 } authorization && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)) sent = authorization[Bearer.Length..];
        if (KeySecret.IsOne(sent) && keys?.Find(sent) is { } caller) context.User = caller.Principal;
        return next(context);
    }

    /// <summary>The scope that an endpoint needs; null where anybody may call it, or where there is none. One that does not say is for administrators.</summary>
    private static Scope? NeededBy(Endpoint? endpoint) => endpoint?.Metadata.GetMetadata<Needed>() is { } needed ? needed.Scope : endpoint is RouteEndpoint ? Scope.Admin : null;

    private static Task EnterAsync(HttpContext context, RequestDelegate next, Caller caller, Scope scope)
    {
        context.User = caller.Principal; // limits count by it, the log names it
        if (caller.Scopes.Allow(scope)) return next(context);
        string name = ScopeNames.Of(scope);
        return RefuseAsync(
            context,
            new RequestException(StatusCodes.Status403Forbidden, "missing-scope", "The key or token does not allow this", null, $"this needs the scope {name}, which the key or token that was sent lacks"),
            $"insufficient_scope\", scope=\"{name}");
    }

    // A wrong key, or a token that nobody has seen lately.
    private async Task WrongAsync(HttpContext context, RequestDelegate next, string sent, bool isToken, Scope scope)
    {
        IPAddress? from = context.Connection.RemoteIpAddress;
        TimeSpan wait = wrong.Wait(from);
        bool expired = false;
        // Whoever waits for a neighbour's wrong keys has a right token looked at all the same, as far as there is time for it.
        if (isToken && tokens is not null && !KeySecret.IsOne(sent) && (wait == TimeSpan.Zero || OidcTokens.LooksLikeOne(sent)))
        {
            (Caller? caller, expired) = await tokens.FindAsync(context, sent, isSuspect: wait > TimeSpan.Zero);
            if (caller is not null)
            {
                await EnterAsync(context, next, caller, scope);
                return;
            }
        }

        if (wait > TimeSpan.Zero && !expired)
        {
            await TooMany(wait).Problem.WriteAsync(context);
            return;
        }

        if (!expired) wrong.Add(from); // one that was right until lately is no guess
        await RefuseAsync(context, Unknown(expired ? "the token has expired" : "the key or token is unknown, has expired or was revoked"), "invalid_token");
    }

    private static RequestException TooMany(TimeSpan wait)
    {
        string detail = string.Create(CultureInfo.InvariantCulture, $"too many wrong keys or tokens came from your address; try again in {Problem.Seconds(wait)} s");
        return new(StatusCodes.Status429TooManyRequests, "too-many-wrong-keys", "Too many wrong keys", null, detail) { RetryAfter = wait };
    }

    private static RequestException Unknown(string detail) => new(StatusCodes.Status401Unauthorized, "unknown-caller", "This server asks who calls", null, detail);

    private static Task RefuseAsync(HttpContext context, RequestException refusal, string? error)
    {
        SetLast(context, response => response.Headers.WWWAuthenticate = error is null ? "Bearer realm=\"vigie\"" : $"Bearer realm=\"vigie\", error=\"{error}\""); // RFC 6750
        return refusal.Problem.WriteAsync(context);
    }

    private sealed record Refusal(RequestException Problem, string? Error);

    // A problem's answer is begun anew, so what has to be in it is set last.
    private static void SetLast(HttpContext context, Action<HttpResponse> set) => context.Response.OnStarting(() =>
    {
        set(context.Response);
        return Task.CompletedTask;
    });
}
