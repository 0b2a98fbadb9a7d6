namespace Vigie.Server;

/// <summary>What a browser is told about answers.</summary>
internal static class SecurityHeaders
{
    // Everything a page needs comes from here, as files; so nothing that a tweet smuggles into it could run or call home.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>On every answer.</summary>
    public static void Set(HttpResponse response)
    {
        IHeaderDictionary headers = response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-store"; // the page's own files say otherwise
    }

    /// <summary>On what a browser shows as a page: JSON, which nosniff keeps from ever being one, runs nothing and frames nothing.</summary>
    public static void SetOnPage(HttpResponse response)
    {
        IHeaderDictionary headers = response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
    }
}
