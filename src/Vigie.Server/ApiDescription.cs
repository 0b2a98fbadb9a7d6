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
            Type? optional = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type);
            if (optional == typeof(TweetId)) schema.Type = JsonSchemaType.String | JsonSchemaType.Integer | JsonSchemaType.Null;
            if ((optional ?? context.JsonTypeInfo.Type) == typeof(PredictionId)) (schema.Type, schema.Pattern) = (JsonSchemaType.String | (optional is null ? 0 : JsonSchemaType.Null), "^[0-9a-f]{32}$");
            if (context.JsonTypeInfo.Type == typeof(Interval)) (schema.Type, schema.Items) = (JsonSchemaType.Array, new OpenApiSchema { Type = JsonSchemaType.Number });
            if (context.JsonTypeInfo.Type == typeof(AlertTweet)) schema.Required = new HashSet<string> { "at" }; // the rest is absent where it is not known
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            if (IsClosed(context.ApplicationServices) && context.Description.ActionDescriptor.EndpointMetadata.OfType<Needed>().LastOrDefault()?.Scope is { } scope) Ask(operation, context.Document!, ScopeNames.Of(scope));
            return Task.CompletedTask;
        });
        options.AddDocumentTransformer((document, context, _) =>
        {
            if (IsClosed(context.ApplicationServices))
            {
                document.Components ??= new OpenApiComponents();
                document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
                {
                    ["bearer"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "An API key, or a token of the identity provider" },
                    ["key"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = CallerCheck.KeyHeader, Description = "An API key" },
                };
            }

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

    private static bool IsClosed(IServiceProvider services)
    {
        ServerOptions options = services.GetRequiredService<ServerOptions>();
        return options.Access.IsClosed(options.Addresses());
    }

    private static void Ask(OpenApiOperation operation, OpenApiDocument document, string scope)
    {
        operation.Security =
        [
            new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("bearer", document)] = [scope] },
            new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("key", document)] = [scope] },
        ];
        operation.Responses ??= [];
        foreach ((string status, string meaning) in ((string, string)[])[("401", "Unauthorized"), ("403", "Forbidden")])
        {
            operation.Responses[status] = new OpenApiResponse
            {
                Description = meaning,
                Content = new Dictionary<string, OpenApiMediaType> { [Problem.MediaType] = new() { Schema = new OpenApiSchemaReference(nameof(Problem), document) } },
            };
        }
    }

    public static void MapApiDescription(this WebApplication app) => app.MapOpenApi("/openapi/{documentName}.json").IsOpen().IsLimited();

    public static RouteHandlerBuilder ProducesProblems(this RouteHandlerBuilder endpoint, params ReadOnlySpan<int> statuses)
    {
        foreach (int status in statuses) endpoint.Produces<Problem>(status, Problem.MediaType);
        return endpoint;
    }
}
