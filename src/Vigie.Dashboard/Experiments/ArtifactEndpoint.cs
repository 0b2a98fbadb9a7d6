using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;
using Vigie.Dashboard.SignIn;
using Vigie.Mlflow;
using Vigie.Mlflow.Artifacts;
using Vigie.Server;

namespace Vigie.Dashboard.Experiments;

/// <summary>
/// GET /ui/artifacts/OWNER/PATH: a file of a run or logged model. Whoever logged it is not trusted: pictures and documents are shown, in an origin of their own in which nothing
/// runs; everything else is handed over as a file, and so is what the query <c>download</c> asks for.
/// </summary>
internal static class ArtifactEndpoint
{
    // 'sandbox' takes the page's origin from a document, and its scripts; the rest keeps it from calling anybody.
    private const string ContentSecurityPolicy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data: 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

    public static void MapArtifacts(this IEndpointRouteBuilder app) =>
        app.MapMethods("/ui/artifacts/{owner}/{**path}", [HttpMethods.Get, HttpMethods.Head], (RequestDelegate)ServeAsync).IsOpen().WithMetadata(ForPeople.Instance);

    private static async Task ServeAsync(HttpContext context)
    {
        IServiceProvider services = context.RequestServices;
        if (!services.GetRequiredService<Sessions>().ScopesOf(context.User).Allow(Scope.Read))
            throw new RequestException(StatusCodes.Status403Forbidden, "missing-scope", "The key or token does not allow this", null, "files of runs need the scope read");
        MlflowStore store = await services.GetRequiredService<TrackedStore>().OpenAsync(context.RequestAborted)
            ?? throw new RequestException(StatusCodes.Status404NotFound, "no-runs", "This server has no runs", null, "it keeps no runs, or not yet");
        try
        {
            string owner = (string)context.Request.RouteValues["owner"]!;
            ArtifactPath path = PathOf(context, owner);
            await using ArtifactContent content = await store.Artifacts.OpenAsync((await ArtifactFiles.RootAsync(store, owner, context.RequestAborted)).Append(path), cancellation: context.RequestAborted);
            await WriteAsync(context, path, content);
        }
        catch (MlflowException fault) when (!context.Response.HasStarted)
        {
            throw new RequestException((int)fault.Status, "no-artifact", "The file is not to be had", "path", fault.Message);
        }
    }

    private static Task WriteAsync(HttpContext context, ArtifactPath path, ArtifactContent content)
    {
        HttpResponse response = context.Response;
        ArtifactKind kind = ArtifactFiles.KindOf(path.Value);
        bool isShown = kind is ArtifactKind.Image or ArtifactKind.Html && !context.Request.Query.ContainsKey("download");
        response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        response.Headers.XContentTypeOptions = "nosniff";
        if (!isShown)
        {
            var disposition = new ContentDispositionHeaderValue("attachment");
            disposition.SetHttpFileName(path.Name);
            response.Headers.ContentDisposition = disposition.ToString();
        }

        response.ContentType = !isShown ? "application/octet-stream" : kind == ArtifactKind.Html ? "text/html; charset=utf-8" : ArtifactFiles.ImageTypeOf(path.Value);
        response.ContentLength = content.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : content.Stream.CopyToAsync(response.Body, context.RequestAborted);
    }

    // As it was sent, decoded once: the server's own reading of an address leaves encoded slashes as they are.
    private static ArtifactPath PathOf(HttpContext context, string owner)
    {
        string target = context.Features.Get<IHttpRequestFeature>()!.RawTarget.Split('?', 2)[0];
        int begin = target.IndexOf(ArtifactFiles.Prefix + Uri.EscapeDataString(owner) + "/", StringComparison.Ordinal);
        if (begin < 0) throw MlflowException.Invalid("the address names no file of a run: expected /ui/artifacts/RUN/PATH");
        return ArtifactPath.Parse(Uri.UnescapeDataString(target[(begin + ArtifactFiles.Prefix.Length + Uri.EscapeDataString(owner).Length + 1)..]));
    }
}
