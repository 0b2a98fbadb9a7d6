using System.Globalization;
using System.Text.Json.Nodes;
using Vigie.Pipelines;

namespace Vigie.Cli;

/// <summary>Values of parameter and metric files as JSON and as words.</summary>
internal static class DataJson
{
    public static JsonNode? Of(DataValue? value) => value switch
    {
        DataFlag flag => JsonValue.Create(flag.IsTrue),
        DataInteger whole => JsonNode.Parse(whole.Number.ToString(CultureInfo.InvariantCulture)),
        DataReal real => double.IsFinite(real.Number) ? JsonNode.Parse(PythonNumber(real.Number)) : null,
        DataText text => JsonValue.Create(text.Text),
        DataList list => new JsonArray([.. list.Items.Select(Of)]),
        DataMap map => new JsonObject(map.Entries.Select(entry => KeyValuePair.Create(entry.Key, Of(entry.Value)))),
        _ => null,
    };

    /// <summary>A value for a table; numbers with so many significant digits.</summary>
    public static string Words(DataValue? value, int precision) => value switch
    {
        null => "-",
        DataReal real => real.Number.ToString($"G{precision}", CultureInfo.InvariantCulture),
        DataText text => text.Text,
        _ => Of(value)?.ToJsonString(JsonText.OneLine) ?? "null",
    };

    // 1.0 stays 1.0: what reads it can tell it from a whole number.
    private static string PythonNumber(double number) => number.ToString("R", CultureInfo.InvariantCulture) is var digits && digits.AsSpan().ContainsAny('.', 'E') ? digits : digits + ".0";
}
