using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Vigie.Server;

/// <summary>What requests and answers look like, for the API's description. A test sends every one of them.</summary>
internal static class PredictionExamples
{
    public const string Request = """{"id":"1467810672","text":"Three hours late and not one word from the crew","author":"@anna","language":"en","explain":false}""";

    public const string Answer =
        """
        {"prediction_id":"019aad3e7a4c5b21d90003e8a1b2c3d4","id":"1467810672","label":"negative","probabilities":{"negative":0.94,"positive":0.06},"probability_positive":0.06,"confidence":0.94,"unknown":false,
        "unknown_share":0,"model":{"name":"air-paradis","digest":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},"latency_ms":0.084}
        """;

    public const string BatchRequest = """{"tweets":[{"id":1,"text":"Lovely crew, thank you"},{"id":2,"text":"Bagage perdu"}],"threshold":0.6}""";

    public const string BatchLines = "{\"id\":1,\"text\":\"Lovely crew, thank you\"}\n\"Bagage perdu\"\n";

    public const string BatchTable = "id,text\n1,\"Lovely crew, thank you\"\n2,Bagage perdu\n";

    public const string BatchAnswer =
        """[{"prediction_id":"019aad3e7a4c5b21d90003e9f60c7d12","id":1,"label":"positive","probabilities":{"negative":0.03,"positive":0.97},"probability_positive":0.97,"confidence":0.97,"unknown":false,"unknown_share":0}]""";

    /// <summary>Says which forms a batch may have, beyond what one type can: an array, and lines.</summary>
    public static void AddForms(OpenApiOperation operation, OpenApiDocument? document)
    {
        OpenApiSchema tweet = new()
        {
            Description = "A text, or a tweet as POST /predict takes it.",
            OneOf = [new OpenApiSchema { Type = JsonSchemaType.String }, new OpenApiSchemaReference(nameof(PredictionRequest), document)],
        };
        foreach ((string type, OpenApiMediaType content) in operation.RequestBody?.Content ?? new Dictionary<string, OpenApiMediaType>())
        {
            content.Schema = type == "application/json"
                ? new OpenApiSchema { OneOf = [new OpenApiSchemaReference(nameof(Server.BatchRequest), document), new OpenApiSchema { Type = JsonSchemaType.Array, Items = tweet }] }
                : type == BatchForms.CsvType ? Table("A header with a column text, and, if wanted, id, author and language; a tweet in each row.")
                : tweet; // of each line
        }

        if (operation.Responses?["200"].Content?[BatchForms.LineTypes[0]] is { } lines) lines.Schema = new OpenApiSchemaReference(nameof(PredictionAnswer), document);
        if (operation.Responses?["200"].Content?[BatchForms.CsvType] is { } table) table.Schema = Table("A header, and an answer in each row.");
    }

    private static OpenApiSchema Table(string description) => new() { Type = JsonSchemaType.String, Description = description };

    public static void AddTo(OpenApiOperation operation, string request, string answer)
    {
        if (operation.RequestBody?.Content is { } sent)
        {
            foreach ((string type, OpenApiMediaType content) in sent)
                content.Example = type == "application/json" ? JsonNode.Parse(request) : JsonValue.Create(type == BatchForms.CsvType ? BatchTable : BatchLines);
        }

        if (operation.Responses?["200"].Content?["application/json"] is { } got) got.Example = JsonNode.Parse(answer);
    }
}
