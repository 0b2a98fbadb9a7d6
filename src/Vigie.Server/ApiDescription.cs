using Microsoft.OpenApi;
using Vigie.Evaluation;

namespace Vigie.Server;

/// <summary>GET /openapi/v1.json: the API as OpenAPI 3.1, generated from the endpoints and the XML docs of what they take and give.</summary>
internal static class ApiDescription
{
    public static void AddApiDescription(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddSchemaTransformer((schema, context, _) =>
        {
            if (Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) == typeof(TweetId)) schema.Type = JsonSchemaType.String | JsonSchemaType.Integer | JsonSchemaType.Null;
            if (context.JsonTypeInfo.Type == typeof(Interval)) (schema.Type, schema.Items) = (JsonSchemaType.Array, new OpenApiSchema { Type = JsonSchemaType.Number });
            return Task.CompletedTask;
        });
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Vigie",
                Version = "1",
                Description = "What people say about a brand, classified. Wrong requests are answered with application/problem+json that names the field at fault.",
            };
            document.Servers = [new OpenApiServer { Url = "/v1", Description = "This version, for programs" }, new OpenApiServer { Url = "/", Description = "The newest version" }];
            return Task.CompletedTask;
        });
    });

    public static void MapApiDescription(this WebApplication app) => app.MapOpenApi("/openapi/{documentName}.json").IsOpen().IsLimited();

    public static RouteHandlerBuilder ProducesProblems(this RouteHandlerBuilder endpoint, params ReadOnlySpan<int> statuses)
    {
        foreach (int status in statuses) endpoint.Produces<Problem>(status, Problem.MediaType);
        return endpoint;
    }
}
