using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Vigie.Server;

/// <summary>
/// Metrics as lines in CloudWatch's embedded metric format: JSON whose member <c>_aws</c> tells CloudWatch Logs which of the other members are metrics and which are
/// dimensions. One line for each instrument and set of tags. A histogram becomes its count, its sum, and its least and greatest value.
/// </summary>
/// <param name="space">The namespace.</param>
/// <param name="output">Where the lines go.</param>
internal sealed class CloudWatchMetricExporter(string space, TextWriter output) : BaseExporter<Metric>
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override ExportResult Export(in Batch<Metric> batch)
    {
        foreach (Metric metric in batch)
        {
            foreach (ref readonly MetricPoint point in metric.GetMetricPoints()) output.WriteLine(Line(metric, in point));
        }

        output.Flush();
        return ExportResult.Success;
    }

    private string Line(Metric metric, ref readonly MetricPoint point)
    {
        var tags = new List<KeyValuePair<string, string>>();
        foreach (KeyValuePair<string, object?> tag in point.Tags)
        {
            // A dimension without a value is refused by CloudWatch.
            if (tag.Value?.ToString() is { Length: > 0 } value) tags.Add(new(tag.Key, value));
        }

        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Readable))
        {
            json.WriteStartObject();
            json.WriteStartObject("_aws"u8);
            json.WriteNumber("Timestamp"u8, point.EndTime.ToUnixTimeMilliseconds());
            json.WriteStartArray("CloudWatchMetrics"u8);
            json.WriteStartObject();
            json.WriteString("Namespace"u8, space);
            json.WriteStartArray("Dimensions"u8);
            json.WriteStartArray();
            foreach ((string name, _) in tags) json.WriteStringValue(name);
            json.WriteEndArray();
            json.WriteEndArray();
            json.WriteStartArray("Metrics"u8);
            json.WriteStartObject();
            json.WriteString("Name"u8, metric.Name);
            json.WriteString("Unit"u8, UnitOf(metric));
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            foreach ((string name, string value) in tags) json.WriteString(name, value);
            WriteValue(json, metric, in point);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    private static void WriteValue(Utf8JsonWriter json, Metric metric, ref readonly MetricPoint point)
    {
        switch (metric.MetricType)
        {
            case MetricType.LongSum or MetricType.LongSumNonMonotonic: json.WriteNumber(metric.Name, point.GetSumLong()); break;
            case MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic: json.WriteNumber(metric.Name, point.GetSumDouble()); break;
            case MetricType.LongGauge: json.WriteNumber(metric.Name, point.GetGaugeLastValueLong()); break;
            case MetricType.DoubleGauge: json.WriteNumber(metric.Name, point.GetGaugeLastValueDouble()); break;
            default: WriteBuckets(json, metric.Name, in point); break;
        }
    }

    /// <summary>CloudWatch takes a distribution as values and how often each came; a bucket is told by its middle.</summary>
    private static void WriteBuckets(Utf8JsonWriter json, string name, ref readonly MetricPoint point)
    {
        bool bounded = point.TryGetHistogramMinMaxValues(out double least, out double most);
        var values = new List<(double Value, long Count)>();
        double below = bounded ? least : 0;
        foreach (HistogramBucket bucket in point.GetHistogramBuckets())
        {
            double upper = double.IsPositiveInfinity(bucket.ExplicitBound) ? (bounded ? most : below) : bucket.ExplicitBound;
            if (bucket.BucketCount > 0)
            {
                double low = bounded ? Math.Max(below, least) : below, high = bounded ? Math.Min(upper, most) : upper;
                values.Add(((low + high) / 2, bucket.BucketCount));
            }

            below = upper;
        }

        json.WriteStartObject(name);
        json.WriteStartArray("Values"u8);
        foreach ((double value, _) in values) json.WriteNumberValue(value);
        json.WriteEndArray();
        json.WriteStartArray("Counts"u8);
        foreach ((_, long count) in values) json.WriteNumberValue(count);
        json.WriteEndArray();
        json.WriteNumber("Count"u8, point.GetHistogramCount());
        json.WriteNumber("Sum"u8, point.GetHistogramSum());
        if (bounded)
        {
            json.WriteNumber("Min"u8, least);
            json.WriteNumber("Max"u8, most);
        }

        json.WriteEndObject();
    }

    // CloudWatch's names of the units that occur here.
    private static string UnitOf(Metric metric) => metric.Unit switch
    {
        "s" => "Seconds",
        "By" => "Bytes",
        "1" => "None",
        _ => "Count",
    };
}
