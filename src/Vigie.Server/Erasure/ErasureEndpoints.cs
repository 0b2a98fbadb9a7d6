using System.Text.Json.Nodes;

namespace Vigie.Server;

/// <summary>DELETE /tweets/{id} and DELETE /authors/{id}.</summary>
internal static class ErasureEndpoints
{
    /// <summary>A disk that does not answer within this counts as one that takes nothing.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    public static void MapErasure(this IEndpointRouteBuilder app)
    {
        Describe(app.MapDelete("/tweets/{id}", (HttpContext context, string id, Recorder recorder, ShadowQueue shadows, ServerOptions options) =>
                EraseAsync(context, recorder, shadows, options, ErasedName.Read(context, id), null)))
            .WithName("eraseTweet")
            .WithSummary("Erase what is kept of a tweet")
            .WithDescription(
                "Erases text and identifier of every prediction that was asked for under this id, sent as a string or as a number, and the corrections about it: in the database, in the journal and in caches. "
                + "Answered 200 once nothing is left in any file, 202 where that takes longer; it is then noted safely and follows.");
        Describe(app.MapDelete("/authors/{id}", (HttpContext context, string id, Recorder recorder, ShadowQueue shadows, AuthorHash authors, ServerOptions options) =>
                EraseAsync(context, recorder, shadows, options, null, authors.Of(ErasedName.Read(context, id)))))
            .WithName("eraseAuthor")
            .WithSummary("Erase what is kept of an author")
            .WithDescription("The same for all tweets that were sent with this author, and for the names and comments of corrections that this person reported.");
    }

    private static RouteHandlerBuilder Describe(RouteHandlerBuilder endpoint) => endpoint
        .WithTags("Erasure")
        .Produces<ErasureAnswer>()
        .Produces<ErasureAnswer>(StatusCodes.Status202Accepted)
        .ProducesProblems(400, 429, 501, 503)
        .AddOpenApiOperationTransformer((operation, _, _) =>
        {
            if (operation.Responses?["200"].Content?["application/json"] is { } got) got.Example = JsonNode.Parse(ErasureAnswer.Example);
            return Task.CompletedTask;
        })
        .NeedsScope(Scope.Erase);

    private static async Task EraseAsync(HttpContext context, Recorder recorder, ShadowQueue shadows, ServerOptions options, string? tweet, long? author)
    {
        var erasure = new ErasureRecord(recorder.NextId(), options.Clock.GetUtcNow(), tweet, author);
        Task<ErasureCounts> done = await Durably.DoAsync(NoteAsync().WaitAsync(LongestWait, options.Clock));
        await Task.WhenAny(done, Task.Delay(TimeSpan.FromSeconds(options.Records.ErasureWaitSeconds), options.Clock, context.RequestAborted));
        ErasureAnswer answer = done.IsCompletedSuccessfully
            ? new() { ErasureId = erasure.Id, State = "done", Predictions = done.Result.Predictions, Corrections = done.Result.Corrections }
            : new() { ErasureId = erasure.Id, State = "waiting", Detail = Wanting(recorder.State) };
        recorder.Forget(erasure.Id);
        context.Response.StatusCode = done.IsCompletedSuccessfully ? StatusCodes.Status200OK : StatusCodes.Status202Accepted;
        JsonReply.Write(context.Response, answer, ServerJson.Readable.ErasureAnswer);

        async Task<Task<ErasureCounts>> NoteAsync()
        {
            await shadows.DrainedAsync(); // a tweet that still waits for the shadow was answered before, and is erased with the others
            return await recorder.EraseAsync(erasure);
        }
    }

    private static string Wanting(RecordsState state) =>
        (state.StoreFailure ?? state.JournalFailure) is { } failure ? $"the records cannot be written at present ({failure}); it is carried out as soon as they can, and the same request then answers 200"
        : state.CopiesWaiting is { } away ? $"what this server keeps is erased, or about to be; {away}, and the same request answers 200 once they have gone"
        : $"{state.BytesBehind} bytes of earlier records come first; the same request answers 200 once it is carried out";
}
