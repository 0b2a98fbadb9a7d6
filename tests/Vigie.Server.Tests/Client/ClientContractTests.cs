using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Vigie.Client;

namespace Vigie.Server.Tests;

/// <summary>What the client reads and sends is what the server's description says, field by field.</summary>
public sealed class ClientContractTests
{
    /// <summary>What an answer says and the client does not read, each with the reason.</summary>
    private static readonly Dictionary<string, string> LeftOut = new()
    {
        ["Prediction.cached"] = "for those who run the server: the answer is the same",
        ["Correction.prediction_id"] = "the caller sent it",
        ["Problem.status"] = "the exception has it from the answer's head",
        ["ModelInfo.settings"] = "for people, on the server's page",
        ["ModelInfo.features"] = "for people, on the server's page",
        ["ModelInfo.prior"] = "for people, on the server's page",
        ["ModelInfo.data"] = "for people, on the server's page",
        ["ModelInfo.validation"] = "for people, on the server's page",
        ["ModelInfo.test"] = "for people, on the server's page",
        ["ModelInfo.cache"] = "for those who run the server",
        ["ModelInfo.models"] = "for those who run the server",
        ["ModelInfo.trial"] = "for those who run the server",
    };

    [Fact]
    public async Task Client_and_description_agree()
    {
        using var folder = new RecordsFolder();
        await using RunningServer server = await RunningServer.StartAsync(folder.Options);
        JsonElement api = (await server.GetAsync("/openapi/v1.json")).Json;
        var contract = new Contract(api);
        contract.Reads(typeof(Prediction), Answer("/predict", "post", "200"));
        contract.Reads(typeof(Prediction), Answer("/predict/batch", "post", "200", "application/x-ndjson"));
        contract.Reads(typeof(Correction), Answer("/feedback", "post", "201"));
        foreach (string path in (string[])["/tweets/{id}", "/authors/{id}"])
        {
            contract.Reads(typeof(Vigie.Client.Erasure), Answer(path, "delete", "200"));
            contract.Reads(typeof(Vigie.Client.Erasure), Answer(path, "delete", "202"));
        }

        contract.Reads(typeof(ModelInfo), Answer("/model/info", "get", "200"));
        contract.Reads(typeof(Vigie.Client.Problem), Answer("/predict", "post", "400", "application/problem+json"));
        contract.Sends(typeof(Tweet), Request("/predict"));
        contract.Sends(typeof(CorrectionRequest), Request("/feedback"));

        Assert.Empty(contract.Faults);
        Assert.Equal(LeftOut.Keys.Order(StringComparer.Ordinal), contract.Unread.Order(StringComparer.Ordinal));

        JsonElement Answer(string path, string method, string status, string type = "application/json") =>
            api.GetProperty("paths").GetProperty(path).GetProperty(method).GetProperty("responses").GetProperty(status).GetProperty("content").GetProperty(type).GetProperty("schema");

        JsonElement Request(string path) =>
            api.GetProperty("paths").GetProperty(path).GetProperty("post").GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("schema");
    }

    /// <summary>Compares the client's records with schemas.</summary>
    private sealed class Contract(JsonElement api)
    {
        public List<string> Faults { get; } = [];

        public HashSet<string> Unread { get; } = [];

        public void Reads(Type type, JsonElement schema) => Compare(type, schema, reads: true);

        public void Sends(Type type, JsonElement schema)
        {
            Compare(type, schema, reads: false);
            Faults.AddRange(Properties(schema).Keys.Except(Fields(type).Select(field => field.Name)).Select(name => $"{type.Name}: the server takes {name}, which the client cannot say"));
        }

        private void Compare(Type type, JsonElement schema, bool reads)
        {
            Dictionary<string, JsonElement> described = Properties(schema);
            HashSet<string> given = Required(schema);
            foreach (JsonPropertyInfo field in Fields(type))
            {
                string at = $"{type.Name}.{field.Name}";
                if (!described.Remove(field.Name, out JsonElement place))
                {
                    Faults.Add($"{at}: is not described");
                    continue;
                }

                Fit(Nullable.GetUnderlyingType(field.PropertyType) ?? field.PropertyType, place, at, reads);
                bool needed = field.IsRequired || field.AssociatedParameter is { IsMemberInitializer: false, HasDefaultValue: false };
                if (reads && needed && (!given.Contains(field.Name) || Types(place).Contains("null"))) Faults.Add($"{at}: the client needs it, and the server may leave it out");
                if (!reads && given.Contains(field.Name) && !needed) Faults.Add($"{at}: the server needs it, and the client may leave it out");
            }

            if (reads) Unread.UnionWith(described.Keys.Select(name => $"{type.Name}.{name}"));
        }

        private void Fit(Type type, JsonElement schema, string at, bool reads)
        {
            string[] types = [.. Types(schema).Where(name => name != "null")];
            if (type.IsEnum)
            {
                string[] names = [.. Alternatives(schema).Where(one => one.TryGetProperty("enum", out _)).SelectMany(one => one.GetProperty("enum").EnumerateArray()).Select(name => name.GetString()!)];
                if (!names.SequenceEqual(Enum.GetNames(type).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName))) Faults.Add($"{at}: the server says {string.Join(", ", names)}");
            }
            else if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
            {
                if (types is not ["array"]) Faults.Add($"{at}: is described as {string.Join(", ", types)}");
                else Fit(type.GenericTypeArguments[0], Alternatives(schema).Single(one => one.TryGetProperty("items", out _)).GetProperty("items"), at + "[]", reads);
            }
            else if (Simple(type) is { } expected)
            {
                // An id comes back as it was sent, and the client sends strings.
                if (!types.SequenceEqual(expected) && !(at is "Prediction.id" or "Tweet.id" && types.Contains("string"))) Faults.Add($"{at}: is described as {string.Join(", ", types)}");
            }
            else
            {
                Compare(type, Alternatives(schema).Single(one => one.TryGetProperty("properties", out _)), reads);
            }
        }

        private static string[]? Simple(Type type) =>
            type == typeof(string) ? ["string"] : type == typeof(bool) ? ["boolean"] : type == typeof(int) ? ["integer"] : type == typeof(double) ? ["number"] : null;

        private static IEnumerable<JsonPropertyInfo> Fields(Type type) => ClientJson.Wire.GetTypeInfo(type)!.Properties.Where(field => field.Set is not null || field.AssociatedParameter is not null);

        private Dictionary<string, JsonElement> Properties(JsonElement schema) =>
            Alternatives(schema).Where(one => one.TryGetProperty("properties", out _)).SelectMany(one => one.GetProperty("properties").EnumerateObject()).ToDictionary(one => one.Name, one => one.Value);

        private HashSet<string> Required(JsonElement schema) =>
            [.. Alternatives(schema).Where(one => one.TryGetProperty("required", out _)).SelectMany(one => one.GetProperty("required").EnumerateArray()).Select(name => name.GetString()!)];

        private IEnumerable<string> Types(JsonElement schema) => Alternatives(schema).Where(one => one.TryGetProperty("type", out _))
            .SelectMany(one => one.GetProperty("type") is { ValueKind: JsonValueKind.Array } many ? many.EnumerateArray().Select(name => name.GetString()!) : [one.GetProperty("type").GetString()!]);

        private IEnumerable<JsonElement> Alternatives(JsonElement schema) =>
            schema.TryGetProperty("$ref", out JsonElement reference) ? Alternatives(reference.GetString()![2..].Split('/').Aggregate(api, (at, name) => at.GetProperty(name)))
            : schema.TryGetProperty("oneOf", out JsonElement choices) ? choices.EnumerateArray().SelectMany(Alternatives)
            : [schema];
    }
}
