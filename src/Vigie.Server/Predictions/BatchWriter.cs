using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace Vigie.Server;

/// <summary>Streams the answers to a batch, as one array or as JSON lines.</summary>
internal sealed class BatchWriter(HttpResponse response, bool lines)
{
    /// <summary>So many tweets are predicted and sent at a time: enough to keep every processor busy, little enough to hold in memory.</summary>
    public const int ChunkSize = 512;

    private bool any;

    public static JsonWriterOptions Format => new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Which form the caller would rather have.</summary>
    /// <exception cref="RequestException">Neither.</exception>
    public static bool WantsLines(HttpRequest request, bool linesIn)
    {
        if (request.Headers.Accept.Count == 0) return linesIn;
        if (!MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out IList<MediaTypeHeaderValue>? types)) return linesIn;
        foreach (MediaTypeHeaderValue type in types.Where(type => type.Quality is not 0).OrderByDescending(type => type.Quality ?? 1))
        {
            if (JsonLines.Is(type)) return true;
            if (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)) return false;
            if (type.MatchesAllTypes || (type.MatchesAllSubTypes && type.Type.Equals("application", StringComparison.OrdinalIgnoreCase))) return linesIn;
        }

        throw RequestException.NotAcceptable($"batches are answered as application/json or {JsonLines.MediaType}");
    }

    /// <summary>Sends some answers.</summary>
    public async Task WriteAsync(PredictionAnswer[] answers, CancellationToken cancellation)
    {
        Write(answers);
        await response.BodyWriter.FlushAsync(cancellation);
    }

    /// <summary>Sends what ends the answer.</summary>
    public async Task EndAsync(CancellationToken cancellation)
    {
        if (!any) Begin();
        if (!lines) response.BodyWriter.Write("]\n"u8);
        await response.BodyWriter.FlushAsync(cancellation);
    }

    private void Write(PredictionAnswer[] answers)
    {
        using var writer = new Utf8JsonWriter(response.BodyWriter, Format);
        foreach (PredictionAnswer answer in answers)
        {
            if (!any) Begin();
            else if (!lines) response.BodyWriter.Write(",\n"u8);
            any = true;
            JsonSerializer.Serialize(writer, answer, ServerJson.Readable.PredictionAnswer);
            writer.Flush();
            writer.Reset();
            if (lines) response.BodyWriter.Write("\n"u8);
        }
    }

    private void Begin()
    {
        response.ContentType = lines ? JsonLines.MediaType : "application/json";
        if (!lines) response.BodyWriter.Write("["u8);
    }
}

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
