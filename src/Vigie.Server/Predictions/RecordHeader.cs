using Microsoft.Extensions.Primitives;
using Microsoft.OpenApi;

namespace Vigie.Server;

/// <summary><c>Vigie-Record: no</c>: a caller that only tries something wants nothing kept of it, such as a page that asks while somebody types.</summary>
internal static class RecordHeader
{
    public const string Name = "Vigie-Record";

    /// <summary>The same, for the API's description.</summary>
    public static IOpenApiParameter Parameter => new OpenApiParameter
    {
        Name = Name,
        In = ParameterLocation.Header,
        Description = "With no, nothing is kept of this prediction, and no shadow is asked about it.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, Enum = ["yes", "no"] },
    };

    /// <summary>Whether a prediction is to be recorded.</summary>
    /// <exception cref="RequestException">400: it says something else.</exception>
    public static bool Read(IHeaderDictionary headers)
    {
        if (!headers.TryGetValue(Name, out StringValues sent)) return true;
        return sent.ToString() switch
        {
            "yes" => true,
            "no" => false,
            string other => throw RequestException.WrongField(Name, $"{Name} is '{other}'; expected yes or no"),
        };
    }
}
