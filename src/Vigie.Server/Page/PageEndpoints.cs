using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Vigie.Server;

/// <summary>GET /docs: the API as a page, and the files it is made of. All of them are part of this assembly.</summary>
internal static class PageEndpoints
{
    private static readonly (string Path, string File, string Type)[] Files =
    [
        ("/docs", "docs.html", "text/html; charset=utf-8"),
        ("/docs.js", "docs.js", "text/javascript; charset=utf-8"),
        ("/vigie.css", "vigie.css", "text/css; charset=utf-8"),
        ("/icon.svg", "icon.svg", "image/svg+xml"),
        ("/favicon.ico", "icon.svg", "image/svg+xml"), // asked for by browsers that open the API itself
    ];

    /// <summary>Serves them.</summary>
    /// <param name="app">The server.</param>
    /// <param name="atRoot">Whether nothing else answers at /, so that whoever opens it is sent on to the page.</param>
    public static void MapPage(this IEndpointRouteBuilder app, bool atRoot)
    {
        if (atRoot) app.MapGet("/", () => TypedResults.LocalRedirect("/docs")).ExcludeFromDescription().IsOpen();
        foreach ((string path, string file, string type) in Files)
        {
            var content = new Lazy<(byte[] Bytes, EntityTagHeaderValue Tag)>(() => Load(file));
            app.MapGet(path, (HttpContext context) =>
            {
                SecurityHeaders.SetOnPage(context.Response);
                context.Response.Headers.CacheControl = "no-cache"; // asked for again each time, sent again only when changed
                return TypedResults.Bytes(content.Value.Bytes, type, entityTag: content.Value.Tag);
            }).ExcludeFromDescription().IsOpen();
        }
    }

    private static (byte[] Bytes, EntityTagHeaderValue Tag) Load(string file)
    {
        using Stream stream = typeof(PageEndpoints).Assembly.GetManifestResourceStream("page/" + file)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return (bytes, new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8))}\""));
    }
}
