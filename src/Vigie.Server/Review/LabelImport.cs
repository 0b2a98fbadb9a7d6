using System.Globalization;
using System.Text;
using System.Text.Json;
using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>A judgement of a file.</summary>
/// <param name="Line">The line that it begins on, counted from 1.</param>
/// <param name="Prediction">The prediction; null where it has a text instead.</param>
/// <param name="Text">The text; null where it names a prediction.</param>
/// <param name="Label">What is right.</param>
/// <param name="Reviewer">Who says so.</param>
internal sealed record ImportedLabel(long Line, PredictionId? Prediction, string? Text, Sentiment Label, string Reviewer);

/// <summary>What is wrong with a line of a file.</summary>
/// <param name="Line">The line, counted from 1.</param>
/// <param name="Says">What was found there, and what would be right.</param>
internal sealed record LabelFault(long Line, string Says);

/// <summary>
/// Judgements that were made elsewhere, as CSV (or with tabs, semicolons or bars) with a header, or as JSON lines: <c>prediction_id</c> or <c>text</c>, <c>label</c>, and <c>reviewer</c>.
/// </summary>
/// <param name="ids">Knows the predictions of this server.</param>
/// <param name="maxTextLength">Of a text, in UTF-16 code units.</param>
/// <param name="reviewer">Who judged where the file does not say.</param>
/// <param name="may">Whether a file may say that somebody of this name judged.</param>
internal sealed class LabelImport(Recorder ids, int maxTextLength, string reviewer, Func<string, bool> may)
{
    /// <summary>Most bytes of a file.</summary>
    public const int MostBytes = 16 << 20;

    /// <summary>Most judgements of a file.</summary>
    public const int MostRows = 50_000;

    private const int LongestName = 200;
    private static readonly string[] Columns = ["prediction_id", "text", "label", "reviewer"];

    private readonly List<ImportedLabel> rows = [];
    private readonly List<LabelFault> faults = [];

    /// <summary>Reads a file to its end: every line that is wrong is told, and none of them hides another.</summary>
    /// <exception cref="InvalidInputException">It is no such file at all, or has too many rows.</exception>
    public (IReadOnlyList<ImportedLabel> Rows, IReadOnlyList<LabelFault> Faults) Read(byte[] bytes)
    {
        ReadOnlySpan<byte> start = bytes.AsSpan().TrimStart("\uFEFF \t\r\n"u8);
        if (start.IsEmpty) throw new InvalidInputException("the file is empty: expected a header with prediction_id or text, label and reviewer, or a JSON object on each line");
        if (start[0] == '{') ReadLines(bytes);
        else ReadTable(bytes);
        return (rows, faults);
    }

    /// <summary>Refuses lines that name predictions which are not kept here.</summary>
    /// <returns>How many there are.</returns>
    public async Task<int> CheckAsync(ReviewRecords records, CancellationToken cancellation)
    {
        IReadOnlySet<PredictionId> known = await records.KnownAsync([.. rows.Select(row => row.Prediction).OfType<PredictionId>().Distinct()], cancellation);
        foreach (ImportedLabel row in rows.Where(IsGone)) Fault(row.Line, "this prediction is not kept here any more; give its text instead");
        return rows.RemoveAll(IsGone);

        bool IsGone(ImportedLabel row) => row.Prediction is { } id && !known.Contains(id);
    }

    private void ReadTable(byte[] bytes)
    {
        int mark = bytes.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0, end = bytes.AsSpan().IndexOf((byte)'\n');
        byte[] header = bytes[mark..(end < 0 ? bytes.Length : end)];
        byte delimiter = ",\t;|"u8.ToArray().MaxBy(one => header.Count(other => other == one));
        var window = new ByteWindow(new MemoryStream(bytes, mark, bytes.Length - mark));
        var table = new DelimitedRows(window, delimiter, quoted: true);
        if (table.Read() != RowOutcome.Row) throw new InvalidInputException($"line 1: expected {table.Expected}, found {table.Found}");
        string[] names = [.. Enumerable.Range(0, table.Count).Select(column => Encoding.UTF8.GetString(table[column]).Trim().ToLowerInvariant())];
        int[] places = [.. Columns.Select(name => Array.IndexOf(names, name))];
        if (places[2] < 0 || (places[0] < 0 && places[1] < 0))
            throw new InvalidInputException($"the header has the columns {string.Join(", ", names.Take(20).Select(name => $"'{name}'"))}: expected label, and prediction_id or text; reviewer may be there too");
        table.Columns = names.Length;
        while (table.Read() is var outcome && outcome != RowOutcome.End)
        {
            if (outcome == RowOutcome.Malformed) Fault(table.Line, $"expected {table.Expected}, found {table.Found}");
            else Take(table.Line, Cell(table, places[0]), Cell(table, places[1]), Cell(table, places[2]), Cell(table, places[3]));
        }
    }

    private void ReadLines(byte[] bytes)
    {
        long line = 0;
        foreach (Range range in bytes.AsSpan().Split((byte)'\n'))
        {
            line++;
            ReadOnlyMemory<byte> text = bytes.AsMemory(range);
            if (line == 1 && text.Span.StartsWith("\uFEFF"u8)) text = text[3..];
            if (text.Span.IndexOfAnyExcept(" \t\r"u8) < 0) continue;
            try
            {
                string?[] values = Values(text.Span);
                Take(line, values[0], values[1], values[2], values[3]);
            }
            catch (JsonException fault)
            {
                Fault(line, TweetParser.NotJson(fault, line).Message);
            }
            catch (RequestException fault)
            {
                Fault(line, fault.Message);
            }
        }
    }

    private void Take(long line, string? id, string? text, string? label, string? name)
    {
        if (rows.Count + faults.Count >= MostRows) throw new InvalidInputException(string.Create(CultureInfo.InvariantCulture, $"line {line}: a file may have {MostRows} rows; divide this one"));
        string by = string.IsNullOrWhiteSpace(name) ? reviewer : name.Trim();
        PredictionId prediction = default;
        if (LabelOf(label) is not { } sentiment) Fault(line, label is null or "" ? "label is missing; expected negative, neutral or positive" : $"label is '{Short(label)}'; expected negative, neutral or positive");
        else if (by.Length > LongestName) Fault(line, string.Create(CultureInfo.InvariantCulture, $"reviewer is {by.Length} characters long; at most {LongestName} are taken"));
        else if (by != reviewer && !may(by)) Fault(line, $"reviewer is '{Short(by)}', somebody of this server; only they, or an administrator, can say what they judged");
        else if (!string.IsNullOrWhiteSpace(id) && !ids.TryParseId(id.Trim(), out prediction)) Fault(line, $"prediction_id is '{Short(id)}', which this server never gave out");
        else if (string.IsNullOrWhiteSpace(id) && string.IsNullOrWhiteSpace(text)) Fault(line, "prediction_id and text are missing; expected one of them");
        else if (string.IsNullOrWhiteSpace(id) && text!.Length > maxTextLength) Fault(line, string.Create(CultureInfo.InvariantCulture, $"text is {text.Length} characters long; at most {maxTextLength} are taken"));
        else if (!string.IsNullOrWhiteSpace(id)) rows.Add(new ImportedLabel(line, prediction, null, sentiment, by));
        else rows.Add(new ImportedLabel(line, null, text, sentiment, by));
    }

    private void Fault(long line, string says) => faults.Add(new LabelFault(line, says));

    private static Sentiment? LabelOf(string? label)
    {
        foreach (Sentiment sentiment in FeedbackParser.Every)
        {
            if (Labels.Of(sentiment).Equals(label?.Trim(), StringComparison.OrdinalIgnoreCase)) return sentiment;
        }

        return null;
    }

    private static string? Cell(DelimitedRows table, int place) => place < 0 ? null : Encoding.UTF8.GetString(table[place]);

    // In the order of the columns; null for what is not there.
    private string?[] Values(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line, TweetParser.Strict);
        string?[] values = new string?[Columns.Length];
        reader.Read();
        if (reader.TokenType is not JsonTokenType.StartObject) throw RequestException.WrongField("$", "expected a JSON object, such as {\"text\": \"What a lovely crew\", \"label\": \"positive\", \"reviewer\": \"ada\"}");
        while (reader.Read() && reader.TokenType is not JsonTokenType.EndObject)
        {
            int column = 0;
            while (column < Columns.Length && !JsonString.Is(in reader, Encoding.UTF8.GetBytes(Columns[column]))) column++;
            reader.Read();
            if (column < Columns.Length && reader.TokenType is JsonTokenType.String) values[column] = JsonString.Read(in reader, Columns[column], Math.Max(maxTextLength, LongestName));
            else reader.Skip();
        }

        reader.Read(); // fails where something follows
        return values;
    }

    private static string Short(string text) => text.Length > 60 ? text[..60] + "…" : text;
}
