using System.Text.Json.Nodes;

namespace Vigie.Server;

/// <summary>DELETE /tweets/{id} and DELETE /authors/{id}.</summary>
internal static class ErasureEndpoints
{
    public static void MapErasure(this IEndpointRouteBuilder app)
    {
        Describe(app.MapDelete("/tweets/{id}", (HttpContext context, string id, Erasures erasures) =>
                EraseAsync(context, erasures, ErasedName.Read(context, id), null)))
            .WithName("eraseTweet")
            .WithSummary("Erase what is kept of a tweet")
            .WithDescription(
                "Erases text and identifier of every prediction that was asked for under this id, sent as a string or as a number, and the corrections about it: in the database, in the journal and in caches. "
                + "Answered 200 once nothing is left in any file, 202 where that takes longer; it is then noted safely and follows.");
        Describe(app.MapDelete("/authors/{id}", (HttpContext context, string id, Erasures erasures, AuthorHash authors) =>
                EraseAsync(context, erasures, null, authors.Of(ErasedName.Read(context, id)))))
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

    private static async Task EraseAsync(HttpContext context, Erasures erasures, string? tweet, long? author)
    {
        ErasureAnswer answer = await erasures.EraseAsync(tweet, author, context.RequestAborted);
        context.Response.StatusCode = answer.State == ErasureAnswer.Done ? StatusCodes.Status200OK : StatusCodes.Status202Accepted;
        JsonReply.Write(context.Response, answer, ServerJson.Readable.ErasureAnswer);
    }
}
