namespace Vigie.Server;

/// <summary>POST /predict and POST /predict/batch.</summary>
internal static class PredictionEndpoints
{
    private const string DigestHeader = "Vigie-Model-Digest";

    public static void MapPredictions(this IEndpointRouteBuilder app)
    {
        var parts = new Parts(app.ServiceProvider);
        RouteGroupBuilder predictions = app.MapGroup("/predict").WithTags("Predictions").NeedsScope(Scope.Predict);
        predictions.MapPost("", (Delegate)((HttpContext context) => PredictAsync(context, parts))) // a handler, since what is a bare delegate is not described
            .WithName("predict")
            .WithSummary("Classify one tweet")
            .WithDescription("Answers with the sentiment, the probability of each class and, with explain, what each word added to the score.")
            .Accepts<PredictionRequest>("application/json")
            .Produces<PredictionAnswer>()
            .ProducesProblems(400, 404, 413, 415, 429, 503)
            .AddOpenApiOperationTransformer((operation, _, _) =>
            {
                operation.Parameters = [ModelQuery.Parameter, RecordHeader.Parameter];
                PredictionExamples.AddTo(operation, PredictionExamples.Request, PredictionExamples.Answer);
                return Task.CompletedTask;
            });
        predictions.MapPost("/batch", PredictBatchAsync)
            .WithName("predictBatch")
            .WithSummary("Classify many tweets")
            .WithDescription(
                "Takes an array of tweets, an object with texts or tweets, JSON lines, or CSV with a column text; a tweet is a text or an object as POST /predict takes it. "
                + "Answers in the order of the tweets, as an array, JSON lines or CSV, whichever Accept asks for; without Accept in the form of the request. "
                + "The whole batch is checked first: a wrong field anywhere refuses it. The header Vigie-Model-Digest names the model.")
            .Accepts<BatchRequest>("application/json", [.. BatchForms.LineTypes, BatchForms.CsvType])
            .Produces<IReadOnlyList<PredictionAnswer>>(StatusCodes.Status200OK, "application/json", BatchForms.LineTypes[0], BatchForms.CsvType)
            .ProducesProblems(400, 404, 406, 413, 415, 429, 503)
            .AddOpenApiOperationTransformer((operation, description, _) =>
            {
                PredictionExamples.AddForms(operation, description.Document);
                operation.Parameters = [ModelQuery.Parameter, .. BatchQuery.Parameters];
                PredictionExamples.AddTo(operation, PredictionExamples.BatchRequest, PredictionExamples.BatchAnswer);
                return Task.CompletedTask;
            });
    }

    private static async Task PredictAsync(HttpContext context, Parts parts)
    {
        ServerOptions options = parts.Options;
        long arrived = options.Clock.GetTimestamp();
        PredictionId id = parts.Recorder.NextId();
        Duty duty = parts.Host.Duty;
        ModelRoute route = ModelRoute.Of(duty, ModelQuery.Read(context.Request.Query), id.Draw);
        RequestBody.CheckJson(context.Request);
        bool recorded = RecordHeader.Read(context.Request.Headers);
        PredictionRequest request;
        using (RequestBody body = await RequestBody.ReadAsync(context.Request, options.MaxSingleBodyBytes, context.RequestAborted))
            request = new TweetParser(options.MaxTextLength, route.TakesThreshold(duty)).ParseBody(body.Bytes.Span);

        route = route.For(request, duty);
        PredictionAnswer answer = await parts.Predictor.AnswerAsync(recorded ? request : request with { IsRecorded = false }, id, route, arrived, context.RequestAborted);
        if (context.Features.Get<RequestFacts>() is { } facts)
            (facts.Prediction, facts.Model, facts.Label, facts.Text) = (id, route.Model, Labels.Of(answer.Label), request.Text);
        context.Response.Headers[DigestHeader] = route.Model.Digest;
        JsonReply.Write(context.Response, answer, ServerJson.Readable.PredictionAnswer);
    }

    private static async Task PredictBatchAsync(HttpContext context, ModelHost host, Predictor predictor, RequestBatchers batchers, SpoolFolder folder, RateLimiter limiter, ServerOptions options)
    {
        long arrived = options.Clock.GetTimestamp();
        string? name = ModelQuery.Read(context.Request.Query);
        Duty duty = host.Duty;
        ModelRoute route = name is null ? new ModelRoute(duty.Champion, ModelPart.Batch, null) : ModelRoute.Of(duty, name, 0); // one model for all of it, and no trial
        var tweets = new TweetParser(options.MaxTextLength, route.Model.TakesThreshold);
        BatchForm sent = BatchForms.Of(context.Request), wanted = BatchForms.Wanted(context.Request, sent);
        (bool? explain, double? threshold) = BatchQuery.Read(context.Request.Query, tweets);
        using var spool = new TweetSpool(folder, options.Batch, options.MaxBatch);
        BatchParser parser = BatchParser.Of(sent, tweets, spool);
        await BatchBody.ReadAsync(context.Request, parser, options, context.RequestAborted);
        using RequestBatcher.Place? place = batchers.Of(route.Model)?.Enter(); // now that all of it is here: a slow sender keeps nobody out
        await limiter.AdmitTweetsAsync(context, spool.Count);

        explain = parser.Explain ?? explain;
        context.Response.Headers[DigestHeader] = route.Model.Digest;
        if (context.Features.Get<RequestFacts>() is { } facts) (facts.Model, facts.Tweets) = (route.Model, spool.Count);
        context.Response.ContentType = BatchForms.TypeOf(wanted);
        AnswerWriter writer = AnswerWriter.Of(wanted, route.Model, explain == true || spool.AnyExplained);
        var answers = new BatchAnswers(predictor, route, writer, explain, parser.Threshold ?? threshold, arrived);
        await answers.SendAsync(context.Response, spool, context.RequestAborted);
    }

    /// <summary>What every prediction needs, asked for once and not by each request.</summary>
    private sealed class Parts(IServiceProvider services)
    {
        public ServerOptions Options { get; } = services.GetRequiredService<ServerOptions>();

        public ModelHost Host { get; } = services.GetRequiredService<ModelHost>();

        public Predictor Predictor { get; } = services.GetRequiredService<Predictor>();

        public Recorder Recorder { get; } = services.GetRequiredService<Recorder>();
    }
}
