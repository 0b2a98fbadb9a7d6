using System.Globalization;
using Microsoft.OpenApi;

namespace Vigie.Server;

/// <summary>What a batch's address may say for all its tweets: <c>?explain=true&amp;threshold=0.8</c>.</summary>
internal static class BatchQuery
{
    /// <summary>The same, for the API's description.</summary>
    public static IList<IOpenApiParameter> Parameters =>
    [
        Parameter("explain", JsonSchemaType.Boolean, "Also say which words moved each decision, for the tweets that do not say it themselves."),
        Parameter("threshold", JsonSchemaType.Number, "Say positive from this probability on, above 0 and below 1, for the tweets that do not say it themselves."),
    ];

    public static (bool? Explain, double? Threshold) Read(IQueryCollection query, TweetParser parser)
    {
        bool? explain = null;
        double? threshold = null;
        if (query.TryGetValue("explain", out var word))
            explain = bool.TryParse(word, out bool value) ? value : throw RequestException.WrongField("explain", "explain must be true or false");
        if (query.TryGetValue("threshold", out var number))
        {
            bool parsed = double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double value);
            threshold = parser.CheckThreshold(parsed ? value : double.NaN, "threshold");
        }

        return (explain, threshold);
    }

    private static OpenApiParameter Parameter(string name, JsonSchemaType type, string description) =>
        new() { Name = name, In = ParameterLocation.Query, Description = description, Schema = new OpenApiSchema { Type = type } };
}
