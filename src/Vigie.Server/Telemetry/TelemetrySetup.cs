using Azure.Monitor.OpenTelemetry.Exporter;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Vigie.Server;

/// <summary>Puts logs, metrics and traces together, by the settings.</summary>
internal static class TelemetrySetup
{
    public static void AddTelemetry(this WebApplicationBuilder builder, ServerOptions options)
    {
        TelemetryOptions telemetry = options.Telemetry;
        builder.Services.AddMetrics();
        builder.Services.AddSingleton<ServerMetrics>();
        AddLogging(builder.Logging, options);
        OpenTelemetryBuilder open = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(telemetry.ServiceName, serviceVersion: typeof(VigieServer).Assembly.GetName().Version?.ToString(3)))
            .WithMetrics(metrics => AddMetrics(metrics, telemetry));
        if (!telemetry.Traces) return;
        open.WithTracing(traces =>
        {
            traces.AddAspNetCoreInstrumentation().AddProcessor(new RouteOnly()); // before those that send
            if (telemetry.OtlpEndpoint is not null) traces.AddOtlpExporter(otlp => Configure(otlp, telemetry, "traces"));
            if (telemetry.AzureConnectionString is { } azure) traces.AddAzureMonitorTraceExporter(monitor => monitor.ConnectionString = azure);
            // Last: Azure's exporter brings a sampler of its own, of a few traces a second.
            var sampler = new ParentBasedSampler(new TraceIdRatioBasedSampler(telemetry.TraceShare));
            ((IDeferredTracerProviderBuilder)traces).Configure((_, builder) => builder.SetSampler(sampler));
        });
    }

    private static void AddLogging(ILoggingBuilder logging, ServerOptions options)
    {
        logging.SetMinimumLevel(options.Logging.Level);
        if (options.Log is { } own) logging.AddProvider(options.Logging.Texts ? own : new WithholdingLog(own));
        // The framework's own account of each request is in ours; what it warns of is kept.
        logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("System", LogLevel.Warning);
        if (options.Logging.Format == LogFormat.Json) logging.Services.AddSingleton<ILoggerProvider>(_ => new JsonLog(options, Console.OpenStandardError()));

        TelemetryOptions telemetry = options.Telemetry;
        if (!telemetry.Traces)
        {
            // The framework's logger alone makes it begin an activity and a scope for each request, whose trace nobody would get to see.
            logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
            return;
        }

        logging.AddOpenTelemetry(log =>
        {
            log.IncludeFormattedMessage = true;
            if (!options.Logging.Texts) log.AddProcessor(new WithholdingProcessor()); // before those that send
            if (telemetry.OtlpEndpoint is not null) log.AddOtlpExporter(otlp => Configure(otlp, telemetry, "logs"));
            if (telemetry.AzureConnectionString is { } azure) log.AddAzureMonitorLogExporter(monitor => monitor.ConnectionString = azure);
        });
    }

    private static void AddMetrics(MeterProviderBuilder metrics, TelemetryOptions telemetry)
    {
        metrics.AddMeter(ServerMetrics.MeterName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel")
            .AddView("vigie.prediction.duration", new ExplicitBucketHistogramConfiguration { Boundaries = ServerMetrics.DurationBuckets })
            .AddView("vigie.prediction.confidence", new ExplicitBucketHistogramConfiguration { Boundaries = ServerMetrics.ShareBuckets })
            .AddView("vigie.prediction.unknown_share", new ExplicitBucketHistogramConfiguration { Boundaries = ServerMetrics.ShareBuckets })
            .AddView("http.server.request.duration", new ExplicitBucketHistogramConfiguration { Boundaries = ServerMetrics.DurationBuckets })
            .AddView("http.server.active_requests", MetricStreamConfiguration.Drop) // two updates a request, and zero whenever it is read but for the reader's own
            .AddPrometheusExporter();
        int interval = (int)telemetry.MetricInterval.TotalMilliseconds;
        if (telemetry.OtlpEndpoint is not null)
        {
            metrics.AddOtlpExporter((otlp, reader) =>
            {
                Configure(otlp, telemetry, "metrics");
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = interval;
            });
        }

        if (telemetry.AzureConnectionString is { } azure) metrics.AddAzureMonitorMetricExporter(monitor => monitor.ConnectionString = azure);
        if (telemetry.CloudWatchMetrics)
        {
            metrics.AddReader(new PeriodicExportingMetricReader(new CloudWatchMetricExporter(telemetry.CloudWatchNamespace, Console.Out), interval)
            {
                TemporalityPreference = MetricReaderTemporalityPreference.Delta, // CloudWatch adds up what it is sent
            });
        }
    }

    private static void Configure(OtlpExporterOptions otlp, TelemetryOptions telemetry, string signal)
    {
        bool http = telemetry.OtlpTransport == OtlpTransport.Http;
        otlp.Protocol = http ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        // An endpoint that is set in code is taken as it is; over HTTP each signal has a path of its own.
        otlp.Endpoint = http ? new Uri($"{telemetry.OtlpEndpoint!.TrimEnd('/')}/v1/{signal}") : new Uri(telemetry.OtlpEndpoint!);
        if (telemetry.OtlpHeaders is { } headers) otlp.Headers = headers;
    }
}
