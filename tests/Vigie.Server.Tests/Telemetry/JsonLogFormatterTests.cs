using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Vigie.Server.Tests;

public sealed class JsonLogFormatterTests
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 11, 23, 9, 30, 0, 125, TimeSpan.Zero));

    [Fact]
    public void An_entry_is_one_line_with_its_values_under_their_names()
    {
        var entry = new RequestEntry("POST", "/predict", 200, 0.25);
        entry.Add("request_id", "a\"b\nc");
        entry.Add("tweets", 3);
        entry.Add("key", null);

        string line = Line(LogLevel.Information, "Vigie.Request", entry, null, RequestEntry.Message);

        Assert.EndsWith("}\n", line, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', line[..^1]);
        JsonElement json = JsonDocument.Parse(line).RootElement;
        Assert.Equal(clock.GetUtcNow(), json.GetProperty("timestamp").GetDateTimeOffset());
        Assert.EndsWith("Z", json.GetProperty("timestamp").GetString(), StringComparison.Ordinal);
        Assert.Equal("information", json.GetProperty("level").GetString());
        Assert.Equal("Vigie.Request", json.GetProperty("category").GetString());
        Assert.Equal("POST /predict 200 in 0.25 ms", json.GetProperty("message").GetString());
        Assert.Equal(200, json.GetProperty("status").GetInt32());
        Assert.Equal(0.25, json.GetProperty("duration_ms").GetDouble());
        Assert.Equal("a\"b\nc", json.GetProperty("request_id").GetString());
        Assert.Equal(3, json.GetProperty("tweets").GetInt32());
        Assert.False(json.TryGetProperty("key", out _));
    }

    [Fact]
    public void Names_of_templates_become_snake_case()
    {
        KeyValuePair<string, object?>[] state = [new("ModelName", "m"), new("Seconds", double.NaN), new("{OriginalFormat}", "{ModelName}")];
        JsonElement json = JsonDocument.Parse(Line(LogLevel.Warning, "c", state, null, (_, _) => "said")).RootElement;
        Assert.Equal("m", json.GetProperty("model_name").GetString());
        Assert.Equal("NaN", json.GetProperty("seconds").GetString());
        Assert.Equal(["timestamp", "level", "category", "message", "model_name", "seconds"], json.EnumerateObject().Select(member => member.Name));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void What_nobody_expected_is_told_without_its_message_which_may_quote_a_tweet(bool texts, bool told)
    {
        Exception fault = Thrown("the tweet 'my secret'");
        string line = Line(LogLevel.Error, "Microsoft.AspNetCore.Diagnostics.ExceptionHandlerMiddleware", "state", fault, (_, _) => "An unhandled exception has occurred", texts);
        JsonElement exception = JsonDocument.Parse(line).RootElement.GetProperty("exception");
        Assert.Equal("System.InvalidOperationException", exception.GetProperty("type").GetString());
        Assert.Contains(nameof(Thrown), exception.GetProperty("stack").GetString(), StringComparison.Ordinal);
        Assert.Equal(told, line.Contains("my secret", StringComparison.Ordinal));
    }

    [Fact]
    public void Other_failures_are_told_with_their_causes()
    {
        string line = Line(LogLevel.Warning, "Vigie.Models", "state", new IOException("no answer", new TimeoutException("10 s")), (_, _) => "cannot be reached");
        JsonElement exception = JsonDocument.Parse(line).RootElement.GetProperty("exception");
        Assert.Equal("no answer", exception.GetProperty("message").GetString());
        Assert.Equal("System.TimeoutException: 10 s", exception.GetProperty("inner").GetString());
    }

    private string Line<TState>(LogLevel level, string category, TState state, Exception? fault, Func<TState, Exception?, string> formatter, bool texts = false)
    {
        using var output = new MemoryStream();
        using (var log = new JsonLog(new ServerOptions { Clock = clock, Logging = new LoggingOptions { Texts = texts } }, output))
            log.CreateLogger(category).Log(level, default, state, fault, formatter);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private static InvalidOperationException Thrown(string message)
    {
        try
        {
            throw new InvalidOperationException(message);
        }
        catch (InvalidOperationException fault)
        {
            return fault;
        }
    }
}
