using System.Reflection;

namespace Vigie.Server;

/// <summary>GET /runbooks/{name}: what to do about an alert, where messages link to. The pages of docs/runbooks, as they are written.</summary>
internal static class RunbookEndpoints
{
    public static void MapRunbooks(this IEndpointRouteBuilder app) => app.MapGet("/runbooks/{name}", Show)
        .WithName("runbook").WithTags("Alerts").WithSummary("What to do about an alert")
        .Produces<string>(contentType: "text/plain").ProducesProblems(404)
        .IsOpen();

    private static IResult Show(string name)
    {
        Stream? page = name.All(letter => char.IsAsciiLetterLower(letter) || letter == '-') ? Assembly.GetExecutingAssembly().GetManifestResourceStream($"runbooks/{name}.md") : null;
        if (page is null) throw RequestException.NoSuchRunbook();
        return Results.Stream(page, "text/plain; charset=utf-8");
    }
}
