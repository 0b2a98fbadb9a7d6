using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Vigie.Server.Tests;

/// <summary>Keeps what a server logs.</summary>
public sealed class RecordedLog(LogLevel least = LogLevel.Warning) : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> lines = [];
    private readonly ConcurrentQueue<IReadOnlyDictionary<string, object?>> entries = [];

    public IEnumerable<string> Lines => lines;

    /// <summary>The values of each entry, by name.</summary>
    public IEnumerable<IReadOnlyDictionary<string, object?>> Entries => entries;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel)) return;
        lines.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}");
        if (state is IReadOnlyList<KeyValuePair<string, object?>> values) entries.Enqueue(values.ToDictionary(value => value.Key, value => value.Value));
    }

    public void Dispose()
    {
    }
}
