using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Vigie.Server;

/// <summary>How labels are handed on.</summary>
internal enum LabelForm
{
    /// <summary>A table with commas.</summary>
    Csv,

    /// <summary>A JSON object on each line.</summary>
    JsonLines,
}

/// <summary>Labels for those who train, and judgements for those who judge elsewhere.</summary>
internal static class ReviewLabels
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }; // for files, never for HTML

    /// <summary>
    /// One label for each text: what settled a disagreement, else what all reviewers say, else, of texts that none has judged, the last report. Texts that reviewers disagree on are not among them.
    /// </summary>
    /// <param name="reviewed">Judgements, item by item.</param>
    /// <param name="reported">Reports, item by item; empty where they are not to count.</param>
    /// <param name="disputed">How many texts were left out.</param>
    public static IReadOnlyList<LabelledText> Settled(IReadOnlyList<LabelledText> reviewed, IReadOnlyList<LabelledText> reported, out int disputed)
    {
        var labels = new List<LabelledText>();
        disputed = 0;
        foreach (IGrouping<PredictionId, LabelledText> item in reviewed.GroupBy(one => one.Id))
        {
            if (item.LastOrDefault(one => one.Settles) is { } settled) labels.Add(settled);
            else if (item.Select(one => one.Label).Distinct().Count() == 1) labels.Add(item.Last());
            else disputed++;
        }

        labels.AddRange(reported.GroupBy(one => one.Id).Select(item => item.Last()));
        return [.. labels.DistinctBy(one => one.Text)];
    }

    /// <summary>A file that <c>vigie train --data</c> reads: id, label, text.</summary>
    public static byte[] ForTraining(IReadOnlyList<LabelledText> labels, LabelForm form) => Write(
        form, labels, ["id", "label", "text"], one => [one.Id.ToString(), Labels.Of(one.Label), one.Text]);

    /// <summary>A file that can be imported here again: prediction_id or text, label, reviewer, judged_at.</summary>
    public static byte[] Judgements(IReadOnlyList<LabelledText> judgements, LabelForm form) => Write(
        form, [.. judgements.Where(one => !one.Settles)], ["prediction_id", "label", "reviewer", "judged_at", "text"],
        one => [one.IsPrediction ? one.Id.ToString() : "", Labels.Of(one.Label), one.Reviewer ?? "", one.At.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture), one.Text]);

    private static byte[] Write(LabelForm form, IReadOnlyList<LabelledText> rows, string[] columns, Func<LabelledText, string[]> values)
    {
        using var file = new MemoryStream();
        if (form is LabelForm.Csv)
        {
            using var csv = new StreamWriter(file, new UTF8Encoding(false)) { NewLine = "\n" };
            csv.WriteLine(string.Join(',', columns));
            foreach (LabelledText row in rows) csv.WriteLine(string.Join(',', values(row).Select(CsvCell.Of)));
            csv.Flush();
            return file.ToArray();
        }

        foreach (LabelledText row in rows)
        {
            using (var json = new Utf8JsonWriter(file, Plain))
            {
                json.WriteStartObject();
                string[] all = values(row);
                for (int i = 0; i < all.Length; i++)
                {
                    if (all[i].Length > 0) json.WriteString(columns[i], all[i]);
                }

                json.WriteEndObject();
            }

            file.WriteByte((byte)'\n');
        }

        return file.ToArray();
    }
}

/// <summary>A value as a table with commas has it (RFC 4180).</summary>
internal static class CsvCell
{
    public static string Of(string value) => value.AsSpan().IndexOfAny(",\"\r\n") < 0 ? value : $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
