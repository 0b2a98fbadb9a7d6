using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Vigie.Server.Tests;

/// <summary>Alone, because servers of one process share their meters' names: each shows what the others count.</summary>
[Collection(typeof(Alone))]
public sealed class TelemetryTests
{
    private const string Tweet = "Three hours late, a disgrace";

    [Fact]
    public async Task Where_no_trace_is_sent_none_is_begun()
    {
        // In this class, whose tests follow one another: a process in which one server traces has listeners for all of them.
        await using RunningServer server = await RunningServer.StartAsync();
        Assert.Contains(':', (await server.GetAsync("/health")).Headers.GetValues("X-Request-Id").Single()); // Kestrel's own, and not a span's
    }

    [Fact]
    public async Task Metrics_count_predictions_by_model_and_label()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        for (int i = 0; i < 3; i++) await server.PostAsync("/predict", JsonSerializer.Serialize(new { text = Tweet }));
        await server.PostAsync("/predict/batch", """["Lovely crew, thank you","Lovely crew, thank you"]""");
        Answer metrics = await server.GetAsync("/metrics");

        Assert.Equal((HttpStatusCode.OK, "text/plain"), (metrics.Status, metrics.MediaType));
        Assert.Equal(3, Value(metrics.Text, "vigie_predictions_total", "label=\"negative\""));
        Assert.Equal(2, Value(metrics.Text, "vigie_predictions_total", "label=\"positive\""));
        Assert.Equal(5, Value(metrics.Text, "vigie_prediction_duration_seconds_count", "version=\"3\""));
        Assert.Equal(3, Value(metrics.Text, "http_server_request_duration_seconds_count", "http_route=\"/predict/\"", "http_response_status_code=\"200\""));
        Assert.DoesNotContain("disgrace", metrics.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_tell_how_it_stands_with_the_records()
    {
        using var folder = new RecordsFolder();
        await using RunningServer server = await RunningServer.StartAsync(folder.Options);
        for (int i = 0; i < 3; i++) await server.PostAsync("/predict", JsonSerializer.Serialize(new { text = Tweet }));
        await folder.UntilAsync("SELECT count(*) FROM predictions", 3);
        string metrics = (await server.GetAsync("/metrics")).Text;
        Assert.Equal((3, 3, 0, 0), (Value(metrics, "vigie_records_written"), Value(metrics, "vigie_records_moved"), Value(metrics, "vigie_records_dropped"), Value(metrics, "vigie_records_in_memory_bytes")));
    }

    [Fact]
    public async Task A_collector_gets_traces_metrics_and_logs_and_no_tweet()
    {
        await using Collector collector = await Collector.StartAsync();
        var telemetry = new TelemetryOptions { OtlpEndpoint = collector.Address, OtlpTransport = OtlpTransport.Http, OtlpHeaders = "x-token=abc", TraceShare = 1, MetricInterval = TimeSpan.FromSeconds(1), ServiceName = "vigie-under-test" };
        await using (RunningServer server = await RunningServer.StartAsync(new ServerOptions { Telemetry = telemetry }, logged: LogLevel.Information))
        {
            await server.PostAsync("/predict", JsonSerializer.Serialize(new { text = Tweet, author = "@anna" }));
            using HttpResponseMessage erased = await server.Client.DeleteAsync("/authors/@anna?who=anna");
            using HttpResponseMessage nowhere = await server.Client.GetAsync("/people/anna");
            await collector.WaitAsync("/v1/traces", "/v1/metrics", "/v1/logs");
        }

        string traces = collector.Said("/v1/traces"), metrics = collector.Said("/v1/metrics"), logs = collector.Said("/v1/logs");
        Assert.All([traces, metrics, logs], said => Assert.Contains("vigie-under-test", said, StringComparison.Ordinal));
        Assert.Contains("POST", traces, StringComparison.Ordinal);
        Assert.Contains("/authors/{id}", traces, StringComparison.Ordinal);
        Assert.Contains("vigie.predictions", metrics, StringComparison.Ordinal);
        Assert.Contains("/predict", logs, StringComparison.Ordinal);
        Assert.All([traces, metrics, logs], said => Assert.DoesNotContain("disgrace", said, StringComparison.Ordinal));
        Assert.All([traces, metrics, logs], said => Assert.DoesNotContain("anna", said, StringComparison.Ordinal));
        Assert.All(collector.Tokens, token => Assert.Equal("abc", token));
    }

    [Fact]
    public async Task Azure_Monitor_gets_traces_at_the_address_of_its_connection_string()
    {
        await using Collector collector = await Collector.StartAsync();
        var telemetry = new TelemetryOptions { AzureConnectionString = $"InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint={collector.Address}/", TraceShare = 1 };
        await using (RunningServer server = await RunningServer.StartAsync(new ServerOptions { Telemetry = telemetry }))
        {
            await server.PostAsync("/predict", JsonSerializer.Serialize(new { text = Tweet }));
            await collector.WaitAsync("/v2.1/track");
        }

        Assert.Contains("RequestData", collector.Said("/v2.1/track"), StringComparison.Ordinal);
        Assert.DoesNotContain("disgrace", collector.Said("/v2.1/track"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("telemetry.otlp_endpoint", "collector:4317")]
    [InlineData("telemetry.azure_connection_string", "something")]
    [InlineData("telemetry.trace_share", "NaN")]
    [InlineData("telemetry.metric_interval", "500ms")]
    [InlineData("telemetry.cloud_watch_namespace", "AWS/Vigie")]
    [InlineData("telemetry.service_name", "")]
    public void A_wrong_setting_is_named(string setting, string value)
    {
        var right = new TelemetryOptions();
        TelemetryOptions wrong = setting switch
        {
            "telemetry.otlp_endpoint" => right with { OtlpEndpoint = value },
            "telemetry.azure_connection_string" => right with { AzureConnectionString = value },
            "telemetry.trace_share" => right with { TraceShare = double.Parse(value, CultureInfo.InvariantCulture) },
            "telemetry.metric_interval" => right with { MetricInterval = Duration.TryParse(value, out TimeSpan interval) ? interval : throw new FormatException(value) },
            "telemetry.cloud_watch_namespace" => right with { CloudWatchNamespace = value },
            _ => right with { ServiceName = value },
        };
        var refused = Assert.Throws<InvalidInputException>(() => new ServerOptions { Telemetry = wrong }.Check());
        Assert.StartsWith(setting, refused.Message, StringComparison.Ordinal);
        Assert.Equal(setting == "telemetry.azure_connection_string", !refused.Message.Contains(value, StringComparison.Ordinal)); // a secret is not repeated
    }

    private static double Value(string metrics, string name, params string[] labels) => metrics.Split('\n')
        .Where(line => line.StartsWith(name + "{", StringComparison.Ordinal) && labels.All(label => line.Contains(label, StringComparison.Ordinal)))
        .Sum(line => double.Parse(line[(line.IndexOf('}', StringComparison.Ordinal) + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture));

    /// <summary>Takes whatever is posted.</summary>
    private sealed class Collector : IAsyncDisposable
    {
        private readonly ConcurrentQueue<(string Path, string? Token, byte[] Body)> posts = [];
        private readonly WebApplication app;

        private Collector()
        {
            WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
            app = builder.Build();
            app.Run(TakeAsync);
        }

        public string Address => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

        public IEnumerable<string?> Tokens => posts.Select(post => post.Token);

        public static async Task<Collector> StartAsync()
        {
            var collector = new Collector();
            await collector.app.StartAsync();
            return collector;
        }

        public string Said(string path) => string.Concat(posts.Where(post => post.Path == path).Select(post => Encoding.UTF8.GetString(post.Body)));

        public async Task WaitAsync(params string[] paths)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            while (!paths.All(path => posts.Any(post => post.Path == path))) await Task.Delay(20, patience.Token);
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();

        private async Task TakeAsync(HttpContext context)
        {
            using var body = new MemoryStream();
            bool zipped = context.Request.Headers.ContentEncoding == "gzip";
            await using (Stream sent = zipped ? new GZipStream(context.Request.Body, CompressionMode.Decompress) : context.Request.Body) await sent.CopyToAsync(body);
            posts.Enqueue((context.Request.Path, context.Request.Headers["x-token"], body.ToArray()));
            context.Response.StatusCode = StatusCodes.Status200OK;
        }
    }
}
