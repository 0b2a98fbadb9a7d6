using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;

namespace Vigie.Server.Tests;

public sealed class WithheldTests
{
    [Theory]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel", false)]
    [InlineData("Microsoft.AspNetCore.Diagnostics.ExceptionHandlerMiddleware", false)]
    [InlineData("Vigie.Models", true)]
    public void A_log_of_ones_own_is_told_where_a_request_failed_and_not_what_it_said(string category, bool told)
    {
        using var log = new RecordedLog();
        using var withholding = new WithholdingLog(log);
        Fail(withholding.CreateLogger(category));
        string line = Assert.Single(log.Lines);
        Assert.Contains("System.InvalidOperationException", line, StringComparison.Ordinal);
        Assert.Contains(nameof(Fail), line, StringComparison.Ordinal);
        Assert.Equal(told, line.Contains("my secret", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel", false)]
    [InlineData("Vigie.Models", true)]
    public void So_is_a_collector(string category, bool told)
    {
        var sent = new Sent();
        using (ILoggerFactory factory = LoggerFactory.Create(logging => logging.AddOpenTelemetry(open => open.AddProcessor(new WithholdingProcessor()).AddProcessor(sent))))
            Fail(factory.CreateLogger(category));
        Assert.Equal(told, sent.Exception?.Message.Contains("my secret", StringComparison.Ordinal) == true);
        Assert.Equal(!told, sent.Attributes.Any(value => value is { Key: "exception.type", Value: "System.InvalidOperationException" }));
        Assert.DoesNotContain(sent.Attributes, value => value.Value?.ToString()?.Contains("my secret", StringComparison.Ordinal) == true);
    }

    private static void Fail(ILogger log)
    {
        try
        {
            throw new InvalidOperationException("the tweet 'my secret'");
        }
        catch (InvalidOperationException fault)
        {
            log.Log(LogLevel.Error, default, "state", fault, (_, _) => "An unhandled exception has occurred");
        }
    }

    private sealed class Sent : BaseProcessor<LogRecord>
    {
        public Exception? Exception { get; private set; }

        public IReadOnlyList<KeyValuePair<string, object?>> Attributes { get; private set; } = [];

        public override void OnEnd(LogRecord data) => (Exception, Attributes) = (data.Exception, [.. data.Attributes ?? []]);
    }
}
