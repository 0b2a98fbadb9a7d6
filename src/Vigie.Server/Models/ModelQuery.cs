using Microsoft.Extensions.Primitives;
using Microsoft.OpenApi;

namespace Vigie.Server;

/// <summary><c>?model=NAME</c>: which of the models on duty a caller asks for.</summary>
internal static class ModelQuery
{
    /// <summary>The same, for the API's description.</summary>
    public static IOpenApiParameter Parameter => new OpenApiParameter
    {
        Name = "model",
        In = ParameterLocation.Query,
        Description = "One of the models that GET /model/info lists, instead of the champion.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    public static string? Read(IQueryCollection query) => query.TryGetValue("model", out StringValues names) && names.Count > 0 ? names[^1] : null;
}
