using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;

namespace Vigie.Server;

/// <summary>
/// One entry as one JSON object: timestamp (UTC), level, category, message, request id and trace where there are any, and the entry's own values by their names.
/// </summary>
internal sealed class JsonLogFormatter(ServerOptions options)
{
    /// <summary>How entries look.</summary>
    public static JsonWriterOptions Readable => new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public void Write<TState>(Utf8JsonWriter json, in LogEntry<TState> entry)
    {
        json.WriteStartObject();
        json.WriteString("timestamp"u8, options.Clock.GetUtcNow().UtcDateTime);
        json.WriteString("level"u8, NameOf(entry.LogLevel));
        json.WriteString("category"u8, entry.Category);
        json.WriteString("message"u8, entry.Formatter(entry.State, entry.Exception));
        // Entries of a request carry its id as a value of their own; others made meanwhile are found by the trace.
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity) json.WriteString("trace_id"u8, activity.TraceId.ToHexString());
        if (entry.State is IReadOnlyList<KeyValuePair<string, object?>> values)
        {
            for (int i = 0; i < values.Count; i++)
            {
                if (values[i].Key != "{OriginalFormat}") Write(json, values[i].Key, values[i].Value);
            }
        }

        if (entry.Exception is { } failure) Write(json, failure, entry.Category);
        json.WriteEndObject();
    }

    private void Write(Utf8JsonWriter json, Exception failure, string category)
    {
        bool mayQuote = Withheld.Covers(category) && !options.Logging.Texts;
        json.WriteStartObject("exception"u8);
        json.WriteString("type"u8, failure.GetType().FullName);
        if (!mayQuote) json.WriteString("message"u8, failure.Message);
        json.WriteString("stack"u8, failure.StackTrace);
        if (!mayQuote && failure.InnerException is { } inner) json.WriteString("inner"u8, $"{inner.GetType().FullName}: {inner.Message}");
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, object? value)
    {
        string key = char.IsUpper(name[0]) ? JsonNamingPolicy.SnakeCaseLower.ConvertName(name) : name; // our own entries are written as they are read
        switch (value)
        {
            case null: break;
            case bool truth: json.WriteBoolean(key, truth); break;
            case int number: json.WriteNumber(key, number); break;
            case long number: json.WriteNumber(key, number); break;
            case double number when double.IsFinite(number): json.WriteNumber(key, number); break;
            default: json.WriteString(key, Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)); break;
        }
    }

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "information",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        _ => "critical",
    };
}
