using System.Text.Json;

namespace Vigie.Server;

/// <summary>POST /predict and POST /predict/batch.</summary>
internal static class PredictionEndpoints
{
    private const string DigestHeader = "Vigie-Model-Digest";

    public static void MapPredictions(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder predictions = app.MapGroup("/predict").WithTags("Predictions").NeedsScope(Scope.Predict);
        predictions.MapPost("", PredictAsync)
            .WithName("predict")
            .WithSummary("Classify one tweet")
            .WithDescription("Answers with the sentiment, the probability of each class and, with explain, what each word added to the score.")
            .Accepts<PredictionRequest>("application/json")
            .Produces<PredictionAnswer>()
            .ProducesProblems(400, 404, 413, 415, 503)
            .AddOpenApiOperationTransformer((operation, _, _) =>
            {
                operation.Parameters = [ModelQuery.Parameter];
                PredictionExamples.AddTo(operation, PredictionExamples.Request, PredictionExamples.Answer);
                return Task.CompletedTask;
            });
        predictions.MapPost("/batch", PredictBatchAsync)
            .WithName("predictBatch")
            .WithSummary("Classify many tweets")
            .WithDescription(
                "Takes an array of tweets, an object with texts or tweets, or JSON lines; a tweet is a text or an object as POST /predict takes it. "
                + "Answers in the order of the tweets, as an array or as JSON lines, whichever Accept asks for; without Accept in the form of the request. "
                + "The whole batch is checked first: a wrong field anywhere refuses it. The header Vigie-Model-Digest names the model.")
            .Accepts<BatchRequest>("application/json", [.. JsonLines.MediaTypes])
            .Produces<IReadOnlyList<PredictionAnswer>>(StatusCodes.Status200OK, "application/json", JsonLines.MediaType)
            .ProducesProblems(400, 404, 406, 413, 415, 503)
            .AddOpenApiOperationTransformer((operation, description, _) =>
            {
                PredictionExamples.AddForms(operation, description.Document);
                operation.Parameters = [ModelQuery.Parameter, .. BatchQuery.Parameters];
                PredictionExamples.AddTo(operation, PredictionExamples.BatchRequest, PredictionExamples.BatchAnswer);
                return Task.CompletedTask;
            });
    }

    private static async Task PredictAsync(HttpContext context, ModelHost host, Predictor predictor, Recorder recorder, ServerOptions options)
    {
        long arrived = options.Clock.GetTimestamp();
        PredictionId id = recorder.NextId();
        ModelRoute route = ModelRoute.Of(host.Duty, ModelQuery.Read(context.Request.Query), id.Draw);
        RequestBody.IsLines(context.Request, lines: false);
        PredictionRequest request;
        using (RequestBody body = await RequestBody.ReadAsync(context.Request, options.MaxSingleBodyBytes, context.RequestAborted))
            request = new TweetParser(options.MaxTextLength, route.Model.TakesThreshold).ParseBody(body.Bytes.Span);

        PredictionAnswer answer = await predictor.AnswerAsync(request, id, route, arrived, context.RequestAborted);
        if (context.Features.Get<RequestFacts>() is { } facts)
            (facts.Prediction, facts.Model, facts.Label, facts.Text) = (id, route.Model, Labels.Of(answer.Label), request.Text);
        context.Response.Headers[DigestHeader] = route.Model.Digest;
        context.Response.ContentType = "application/json";
        await using (var writer = new Utf8JsonWriter(context.Response.BodyWriter, BatchWriter.Format))
            JsonSerializer.Serialize(writer, answer, ServerJson.Readable.PredictionAnswer);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private static async Task PredictBatchAsync(HttpContext context, ModelHost host, Predictor predictor, ServerOptions options)
    {
        long arrived = options.Clock.GetTimestamp();
        string? name = ModelQuery.Read(context.Request.Query);
        Duty duty = host.Duty;
        ModelRoute route = name is null ? new ModelRoute(duty.Champion, ModelPart.Champion, null) : ModelRoute.Of(duty, name, 0);
        var parser = new TweetParser(options.MaxTextLength, route.Model.TakesThreshold);
        bool linesIn = RequestBody.IsLines(context.Request, lines: true);
        bool linesOut = BatchWriter.WantsLines(context.Request, linesIn);
        (bool? explain, double? threshold) = BatchQuery.Read(context.Request.Query, parser);
        using RequestBody body = await RequestBody.ReadAsync(context.Request, options.MaxBodyBytes, context.RequestAborted);
        BatchBody batch = BatchBody.Parse(body.Bytes, linesIn, parser, options.MaxBatch);
        explain = batch.Explain ?? explain;
        threshold = batch.Threshold ?? threshold;

        context.Response.Headers[DigestHeader] = route.Model.Digest;
        if (context.Features.Get<RequestFacts>() is { } facts) (facts.Model, facts.Tweets) = (route.Model, batch.Count);
        var answers = new BatchWriter(context.Response, linesOut);
        var chunk = new List<PredictionRequest>(BatchWriter.ChunkSize);
        for (int start = 0; start < batch.Count; start += BatchWriter.ChunkSize)
        {
            chunk.Clear();
            for (int i = start; i < Math.Min(batch.Count, start + BatchWriter.ChunkSize); i++)
            {
                PredictionRequest tweet = batch[i];
                chunk.Add(tweet with { Explain = tweet.Explain ?? explain, Threshold = tweet.Threshold ?? threshold });
            }

            await answers.WriteAsync(predictor.Answer(chunk, route, arrived, context.RequestAborted), context.RequestAborted);
        }

        await answers.EndAsync(context.RequestAborted);
    }
}
