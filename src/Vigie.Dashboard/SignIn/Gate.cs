using Microsoft.AspNetCore.Http;
using Vigie.Server;

namespace Vigie.Dashboard.SignIn;

/// <summary>Says of an endpoint that people see it in a browser, as metadata.</summary>
internal sealed class ForPeople
{
    public static ForPeople Instance { get; } = new();
}

/// <summary>Stands before the pages: lets in whoever has signed in, sends others to where they can, and tells browsers what pages may do.</summary>
internal sealed class Gate(Sessions sessions)
{
    // Everything a page needs comes from here, as files. Attributes alone may carry style: lists that scroll are spaced by them.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; frame-src 'self'; " +
        "base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<ForPeople>() is null) return next(context);
        SecurityHeaders.SetOnPage(context.Response);
        context.Response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        context.Response.Headers["Referrer-Policy"] = "same-origin"; // with none at all, a browser does not tell that a form is of this page
        HttpRequest request = context.Request;
        if (IsForeign(request)) return new RequestException(StatusCodes.Status403Forbidden, "foreign-origin", "Another page asks", "Origin", "pages of other origins may not use this one").Problem.WriteAsync(context);
        if (sessions.VisitorOf(context) is { } visitor) context.User = visitor;
        else if (sessions.IsClosed && !request.Path.StartsWithSegments(Sessions.Page)) return SendAway(context);
        return next(context);
    }

    // A web socket is open to every page that knows its address, whatever its origin.
    private static bool IsForeign(HttpRequest request)
    {
        if (request.Headers.Origin.ToString() is not { Length: > 0 } origin) return false;
        HostString host = request.Host;
        int port = host.Port ?? (request.IsHttps ? 443 : 80);
        return !Uri.TryCreate(origin, UriKind.Absolute, out Uri? from) || from.Port != port || !from.Host.Trim('[', ']').Equals(host.Host.Trim('[', ']'), StringComparison.OrdinalIgnoreCase);
    }

    private static Task SendAway(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (HttpMethods.IsGet(request.Method) && !request.Path.StartsWithSegments("/_blazor"))
        {
            context.Response.Redirect(Sessions.Page + QueryString.Create("return", request.Path + request.QueryString));
            return Task.CompletedTask;
        }

        return new RequestException(StatusCodes.Status401Unauthorized, "signed-out", "Nobody has signed in", null, "sign in at " + Sessions.Page).Problem.WriteAsync(context);
    }
}
