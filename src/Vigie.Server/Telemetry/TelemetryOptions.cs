namespace Vigie.Server;

/// <summary>How an OpenTelemetry collector is spoken to.</summary>
public enum OtlpTransport
{
    /// <summary>gRPC, usually on port 4317.</summary>
    Grpc,

    /// <summary>Protobuf over HTTP, usually on port 4318.</summary>
    Http,
}

/// <summary>Where traces, metrics and logs go besides GET /metrics and standard error. Nothing is sent anywhere unless it is named here.</summary>
public sealed record TelemetryOptions
{
    /// <summary>An OpenTelemetry collector, such as <c>http://127.0.0.1:4317</c>; null for none.</summary>
    public string? OtlpEndpoint { get; init; }

    /// <summary>How it is spoken to.</summary>
    public OtlpTransport OtlpTransport { get; init; } = OtlpTransport.Grpc;

    /// <summary>Headers for the collector, <c>name=value</c> separated by commas.</summary>
    [Secret]
    public string? OtlpHeaders { get; init; }

    /// <summary>The connection string of an Application Insights resource (Azure Monitor). Null for none.</summary>
    [Secret]
    public string? AzureConnectionString { get; init; }

    /// <summary>Write metrics to standard output in CloudWatch's embedded metric format, which CloudWatch Logs turns into metrics.</summary>
    public bool CloudWatchMetrics { get; init; }

    /// <summary>The CloudWatch namespace of those metrics.</summary>
    public string CloudWatchNamespace { get; init; } = "Vigie";

    /// <summary>Share of requests that are traced, in [0, 1], where a trace is sent anywhere.</summary>
    public double TraceShare { get; init; } = 0.1;

    /// <summary>How often metrics are sent to the collector and written for CloudWatch; 1 s to 1 h. To Azure they go once a minute.</summary>
    public TimeSpan MetricInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>What this service is called in traces and metrics.</summary>
    public string ServiceName { get; init; } = "vigie";

    /// <summary>Without headers and connection string.</summary>
    public override string ToString() => $"telemetry to {OtlpEndpoint ?? "no collector"}, Azure {(AzureConnectionString is null ? "off" : "on")}, CloudWatch {(CloudWatchMetrics ? "on" : "off")}";

    internal bool Traces => OtlpEndpoint is not null || AzureConnectionString is not null;

    internal void Check()
    {
        if (OtlpEndpoint is not null && !(Uri.TryCreate(OtlpEndpoint, UriKind.Absolute, out Uri? url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)))
            throw new InvalidInputException($"telemetry.otlp_endpoint is '{OtlpEndpoint}', expected an address such as http://127.0.0.1:4317");
        if (OtlpEndpoint is null && OtlpHeaders is not null) throw new InvalidInputException("telemetry.otlp_headers is set and telemetry.otlp_endpoint is not; say where the headers go");
        if (AzureConnectionString is not null && !AzureConnectionString.Contains("InstrumentationKey=", StringComparison.OrdinalIgnoreCase))
            throw new InvalidInputException("telemetry.azure_connection_string has no InstrumentationKey; copy the whole connection string of the Application Insights resource");
        if (!(TraceShare is >= 0 and <= 1)) throw new InvalidInputException(FormattableString.Invariant($"telemetry.trace_share is {TraceShare}, expected 0 to 1"));
        if (MetricInterval < TimeSpan.FromSeconds(1) || MetricInterval > TimeSpan.FromHours(1)) throw new InvalidInputException($"telemetry.metric_interval is {Duration.Format(MetricInterval)}, expected 1s to 1h");
        if (CloudWatchNamespace.Length is 0 or > 255 || CloudWatchNamespace.StartsWith("AWS/", StringComparison.Ordinal))
            throw new InvalidInputException($"telemetry.cloud_watch_namespace is '{CloudWatchNamespace}', expected 1 to 255 characters that do not begin with AWS/");
        if (ServiceName.Length == 0) throw new InvalidInputException("telemetry.service_name is empty; give the service a name");
    }
}
