using Microsoft.Extensions.Logging;

namespace Vigie.Cli;

/// <summary>What a server warns of, on standard error.</summary>
internal sealed class TerminalLog(Terminal terminal) : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel)) return;
        terminal.Error.WriteLine($"vigie: {logLevel.ToString().ToLowerInvariant()}: {Terminal.Printable(formatter(state, exception))}");
        if (exception is not null) terminal.Error.WriteLine(exception);
    }

    public void Dispose()
    {
    }
}
