using System.Text.Json.Nodes;
using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>POST /feedback.</summary>
internal static class FeedbackEndpoints
{
    public static void MapFeedback(this IEndpointRouteBuilder app) => app.MapPost("/feedback", CorrectAsync)
        .WithName("feedback")
        .WithTags("Feedback")
        .WithSummary("Say what would have been right")
        .WithDescription(
            "About a prediction by the prediction_id of its answer, or about a text with what was predicted of it. Answered once it is safe from a loss of power. "
            + "503 says that it could not be made so: with Retry-After nothing was kept and it can be sent again; without, it may have been kept all the same.")
        .Accepts<FeedbackRequest>("application/json")
        .Produces<FeedbackAnswer>(StatusCodes.Status201Created)
        .ProducesProblems(400, 404, 413, 415, 429, 501, 503)
        .AddOpenApiOperationTransformer((operation, _, _) =>
        {
            if (operation.RequestBody?.Content?["application/json"] is { } sent) sent.Example = JsonNode.Parse(FeedbackExamples.Request);
            if (operation.Responses?["201"].Content?["application/json"] is { } got) got.Example = JsonNode.Parse(FeedbackExamples.Answer);
            return Task.CompletedTask;
        })
        .NeedsScope(Scope.Feedback);

    private static async Task CorrectAsync(HttpContext context, ModelHost host, Recorder recorder, Corrections corrections, ServerOptions options)
    {
        RequestBody.CheckJson(context.Request);
        FeedbackRequest request;
        using (RequestBody body = await RequestBody.ReadAsync(context.Request, options.MaxSingleBodyBytes, context.RequestAborted))
            request = new FeedbackParser(options.MaxTextLength, ClassesOf(host.DutyIfReady)).ParseBody(body.Bytes.Span);
        PredictionId? prediction = null;
        if (request.PredictionId is { } text) prediction = recorder.TryParseId(text, out PredictionId known) ? known : throw RequestException.NoSuchPrediction();

        PredictionId id = await corrections.KeepAsync(new CorrectionDraft(request.Label)
        {
            Prediction = prediction,
            Text = request.Text,
            Predicted = request.Predicted,
            Reporter = request.Reporter,
            Comment = request.Comment,
        });
        context.Response.StatusCode = StatusCodes.Status201Created;
        JsonReply.Write(context.Response, new FeedbackAnswer(id, prediction), ServerJson.Readable.FeedbackAnswer);
    }

    /// <summary>The classes of the models on duty, in their order; all there are while none is.</summary>
    internal static IReadOnlyCollection<Sentiment> ClassesOf(Duty? duty) => duty is null ? FeedbackParser.Every : duty is { Challenge: null, Others.Count: 0 }
        ? duty.Champion.Classifier.Classes
        : [.. duty.Others.Values.Append(duty.Champion).Concat(duty.Challenge is { } trial ? [trial.Challenger] : []).SelectMany(model => model.Classifier.Classes).Distinct().Order()];
}

/// <summary>Waits for the disk, and answers 503 where it takes nothing.</summary>
internal static class Durably
{
    /// <exception cref="RequestException">503: it could not be made safe.</exception>
    public static async Task<T> DoAsync<T>(Task<T> write)
    {
        try
        {
            return await write;
        }
        catch (IOException)
        {
            throw RequestException.NotDurable();
        }
        catch (TimeoutException)
        {
            throw RequestException.PerhapsDurable();
        }
    }

    /// <inheritdoc cref="DoAsync{T}"/>
    public static Task DoAsync(Task write) => DoAsync(Completed(write));

    private static async Task<bool> Completed(Task write)
    {
        await write;
        return true;
    }
}
