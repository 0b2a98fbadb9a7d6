using System.Data.Common;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Vigie.Dashboard.Reading;
using Vigie.Dashboard.SignIn;
using Vigie.Plots;
using Vigie.Server;
using Vigie.Tweets;

namespace Vigie.Dashboard.Embeddings;

/// <summary>GET /ui/embeddings/map: the latest tweets as a page to turn and search, for the frame in the page about embeddings.</summary>
internal static class MapEndpoint
{
    public const string Path = "/ui/embeddings/map";

    /// <summary>How many tweets a map may have.</summary>
    public static IReadOnlyList<int> Sizes { get; } = [500, 1_000, 2_000, 4_000];

    // The page's own policy lets its one script run, by its hash. As a frame it is of no origin: it can reach nothing of ours.
    private const string Policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-scripts allow-downloads";

    public static void MapTweetMap(this IEndpointRouteBuilder app) => app.MapGet(Path, (RequestDelegate)DrawAsync).IsOpen().WithMetadata(ForPeople.Instance);

    /// <summary>The latest predictions whose texts are kept, with what was said of them; newest first.</summary>
    /// <exception cref="RequestException">The records cannot be read.</exception>
    public static IReadOnlyList<MappedTweet> Latest(RecordKeeper records, int count)
    {
        try
        {
            using DbConnection connection = records.OpenToRead();
            var kept = new KeptRecords(connection);
            long last = kept.Last("predictions");
            IReadOnlyList<KeptPrediction> predictions = kept.Predictions(Math.Max(0, last - count), last, count);
            if (predictions.Count == 0) return [];
            var right = new Dictionary<string, Sentiment>();
            long from = kept.PlaceAt("feedback", predictions[0].At);
            foreach ((_, AlertCorrection correction) in kept.Corrections(from, int.MaxValue))
            {
                if (correction.Prediction is { } id) right[id] = correction.Right;
            }

            return [.. predictions.Where(one => one.Text is not null).Select(one => new MappedTweet(one.Text!, one.Label, one.Confidence, one.Id is { } id && right.TryGetValue(id, out Sentiment judged) ? judged : null)).Reverse()];
        }
        catch (Exception away) when (away is DbException or IOException)
        {
            throw RequestException.NoFigures(away.Message);
        }
    }

    private static async Task DrawAsync(HttpContext context)
    {
        IServiceProvider services = context.RequestServices;
        if (!services.GetRequiredService<Sessions>().ScopesOf(context.User).Allow(Scope.Read))
            throw new RequestException(StatusCodes.Status403Forbidden, "missing-scope", "The key does not allow this", null, "this needs the scope read, which the key that signed in lacks");
        IQueryCollection query = context.Request.Query;
        int size = int.TryParse(query["size"], out int asked) && Sizes.Contains(asked) ? asked : throw RequestException.WrongField("size", $"size is '{query["size"]}'; expected {string.Join(", ", Sizes)}");
        MapPoints points = Choice<MapPoints>(query, "points");
        MapColour colour = Choice<MapColour>(query, "colour");
        string language = Taste.Of(context.Request).Language;
        ServedModel model = services.GetRequiredService<ModelHost>().Duty.Champion;
        string page = await Task.Run(
            () => ProjectionPage.Html(new TweetMap(model.Classifier.Model.Text, language).Draw(Latest(services.GetRequiredService<RecordKeeper>(), size), points, colour, context.RequestAborted), language),
            context.RequestAborted);
        context.Response.Headers.ContentSecurityPolicy = Policy;
        context.Response.ContentType = "text/html; charset=utf-8";
        await context.Response.WriteAsync(page, context.RequestAborted);
    }

    private static T Choice<T>(IQueryCollection query, string name)
        where T : struct, Enum =>
        Enum.TryParse(query[name], ignoreCase: true, out T choice) && Enum.IsDefined(choice)
            ? choice
            : throw RequestException.WrongField(name, $"{name} is '{query[name]}'; expected {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}");
}
