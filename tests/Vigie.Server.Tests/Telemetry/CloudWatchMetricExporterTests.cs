using System.Diagnostics.Metrics;
using System.Text.Json;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Vigie.Server.Tests;

public sealed class CloudWatchMetricExporterTests
{
    [Fact]
    public void Lines_say_which_members_are_metrics_and_which_are_dimensions()
    {
        using var output = new StringWriter();
        using var meter = new Meter("cloud-watch-test");
        using (MeterProvider provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter(meter.Name)
            .AddView("time", new ExplicitBucketHistogramConfiguration { Boundaries = [1, 2, 4] })
            .AddReader(new BaseExportingMetricReader(new CloudWatchMetricExporter("Brand", output)) { TemporalityPreference = MetricReaderTemporalityPreference.Delta })
            .Build())
        {
            meter.CreateCounter<long>("made", "{prediction}").Add(3, new("label", "negative"), new("version", ""));
            meter.CreateObservableGauge("waiting", () => 2.5, "By");
            Histogram<double> time = meter.CreateHistogram<double>("time", "s");
            foreach (double seconds in new[] { 0.5, 1.5, 1.5, 9 }) time.Record(seconds);
            provider.Shutdown(); // sends what there is, once
        }

        JsonElement[] lines = [.. output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
        JsonElement made = lines.Single(line => line.TryGetProperty("made", out _)), told = made.GetProperty("_aws").GetProperty("CloudWatchMetrics")[0];
        Assert.Equal(3, made.GetProperty("made").GetInt64());
        Assert.Equal("negative", made.GetProperty("label").GetString());
        Assert.Equal("Brand", told.GetProperty("Namespace").GetString());
        Assert.Equal("""[["label"]]""", told.GetProperty("Dimensions").GetRawText()); // an empty dimension would be refused
        Assert.Equal("""[{"Name":"made","Unit":"Count"}]""", told.GetProperty("Metrics").GetRawText());
        Assert.InRange(made.GetProperty("_aws").GetProperty("Timestamp").GetInt64(), 1_600_000_000_000, 10_000_000_000_000);

        JsonElement waiting = lines.Single(line => line.TryGetProperty("waiting", out _));
        Assert.Equal(2.5, waiting.GetProperty("waiting").GetDouble());
        Assert.Contains("Bytes", waiting.GetRawText(), StringComparison.Ordinal);

        JsonElement spread = lines.Single(line => line.TryGetProperty("time", out _)).GetProperty("time");
        Assert.Equal("[0.75,1.5,6.5]", spread.GetProperty("Values").GetRawText()); // middles of what the buckets can hold between least and greatest
        Assert.Equal("[1,2,1]", spread.GetProperty("Counts").GetRawText());
        Assert.Equal((4, 12.5, 0.5, 9.0), (spread.GetProperty("Count").GetInt64(), spread.GetProperty("Sum").GetDouble(), spread.GetProperty("Min").GetDouble(), spread.GetProperty("Max").GetDouble()));
    }
}
