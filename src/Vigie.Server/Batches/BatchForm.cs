using System.Collections.Frozen;
using Microsoft.Net.Http.Headers;

namespace Vigie.Server;

/// <summary>The form of a batch, coming or going.</summary>
internal enum BatchForm
{
    /// <summary>One JSON value.</summary>
    Json,

    /// <summary>A JSON value on each line.</summary>
    Lines,

    /// <summary>Rows under a header.</summary>
    Csv,
}

/// <summary>How forms are called in headers.</summary>
internal static class BatchForms
{
    /// <summary>JSON lines under any of the names that are in use for them.</summary>
    public static readonly IReadOnlyList<string> LineTypes = ["application/x-ndjson", "application/ndjson", "application/jsonl"];

    public const string CsvType = "text/csv";

    private static readonly FrozenDictionary<string, BatchForm> ByType =
        LineTypes.ToDictionary(type => type, _ => BatchForm.Lines).Append(new("application/json", BatchForm.Json)).Append(new(CsvType, BatchForm.Csv))
            .ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The form that a body announces.</summary>
    /// <exception cref="RequestException">415: none of them.</exception>
    public static BatchForm Of(HttpRequest request)
    {
        MediaTypeHeaderValue type = RequestBody.TypeOf(request, "application/json, application/x-ndjson or text/csv");
        if (Find(type) is { } form) return form;
        if (type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase)) return BatchForm.Json;
        throw RequestException.WrongMediaType($"Content-Type is {type.MediaType}; expected application/json, application/x-ndjson or text/csv");
    }

    /// <summary>The form that the caller would rather have; that of the request where it does not matter.</summary>
    /// <exception cref="RequestException">406: none of them.</exception>
    public static BatchForm Wanted(HttpRequest request, BatchForm sent)
    {
        if (request.Headers.Accept.Count == 0) return sent;
        if (!MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out IList<MediaTypeHeaderValue>? types)) return sent;
        foreach (MediaTypeHeaderValue type in types.Where(type => type.Quality is not 0).OrderByDescending(type => type.Quality ?? 1))
        {
            if (Find(type) is { } form) return form;
            if (type.MatchesAllTypes) return sent;
            if (!type.MatchesAllSubTypes) continue;
            if (type.Type.Equals("application", StringComparison.OrdinalIgnoreCase)) return sent == BatchForm.Csv ? BatchForm.Json : sent;
            if (type.Type.Equals("text", StringComparison.OrdinalIgnoreCase)) return BatchForm.Csv;
        }

        throw RequestException.NotAcceptable("batches are answered as application/json, application/x-ndjson or text/csv");
    }

    /// <summary>What an answer of a form is called.</summary>
    public static string TypeOf(BatchForm form) => form switch { BatchForm.Json => "application/json", BatchForm.Lines => LineTypes[0], _ => "text/csv; charset=utf-8; header=present" };

    private static BatchForm? Find(MediaTypeHeaderValue type) => ByType.TryGetValue(type.MediaType.ToString(), out BatchForm form) ? form : null;
}
