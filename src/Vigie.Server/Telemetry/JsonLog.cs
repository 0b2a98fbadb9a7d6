using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;

namespace Vigie.Server;

/// <summary>The server's log as lines of JSON.</summary>
/// <param name="options">Of the server.</param>
/// <param name="output">Where the lines go; not closed.</param>
internal sealed class JsonLog(ServerOptions options, Stream output) : ILoggerProvider
{
    public const string Category = "Vigie.Log";

    // An exception of many frames takes more; what a thread keeps must stay small.
    private const int LargestKept = 64 << 10;

    [ThreadStatic]
    private static (ArrayBufferWriter<byte> Bytes, Utf8JsonWriter Json) kept;

    private readonly JsonLogFormatter formatter = new(options);
    private readonly LogLines lines = new(output, count => DropNote(new JsonLogFormatter(options), count));

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    /// <summary>Writes what waits.</summary>
    public void Dispose() => lines.Dispose();

    private void Write<TState>(in LogEntry<TState> entry)
    {
        // Taken out, because what an entry's values log while they are formatted comes through here as well.
        (ArrayBufferWriter<byte> bytes, Utf8JsonWriter json) = kept;
        kept = default;
        if (bytes is null)
        {
            bytes = new ArrayBufferWriter<byte>(1024);
            json = new Utf8JsonWriter(bytes, JsonLogFormatter.Readable);
        }
        else
        {
            bytes.ResetWrittenCount();
            json.Reset();
        }

        formatter.Write(json, in entry);
        json.Flush();
        bytes.Write("\n"u8);
        lines.Add(bytes.WrittenSpan, entry.LogLevel >= LogLevel.Error);
        if (bytes.Capacity <= LargestKept) kept = (bytes, json);
    }

    private static string DropNote(JsonLogFormatter formatter, long count)
    {
        KeyValuePair<string, object?>[] values = [new("dropped", count)];
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, JsonLogFormatter.Readable))
            formatter.Write(json, new LogEntry<KeyValuePair<string, object?>[]>(LogLevel.Warning, Category, default, values, null, static (_, _) => "Log entries were dropped, because nobody read them"));
        return Encoding.UTF8.GetString(bytes.WrittenSpan) + "\n";
    }

    private sealed class Logger(JsonLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) log.Write(new LogEntry<TState>(logLevel, category, eventId, state, exception, formatter));
        }
    }
}
