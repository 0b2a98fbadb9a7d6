using OpenTelemetry;
using OpenTelemetry.Logs;

namespace Vigie.Server;

/// <summary>Which failures are told without their messages, wherever a log goes: those that nobody expected, whose messages may quote what a caller sent.</summary>
internal static class Withheld
{
    /// <summary>Whether the exceptions of a category are withheld. ASP.NET Core and Kestrel log what the handling of a request threw, before or after its answer began.</summary>
    public static bool Covers(string? category) => category?.StartsWith("Microsoft.AspNetCore.", StringComparison.Ordinal) == true;
}

/// <summary>A failure without its message: its type, where it happened, and nothing that it quotes.</summary>
internal sealed class WithheldException(Exception failure) : Exception("its message is withheld, because it may quote a tweet; logging.texts shows it")
{
    public override string? StackTrace => failure.StackTrace;

    public override string ToString() => $"{failure.GetType().FullName} ({Message}){Environment.NewLine}{failure.StackTrace}";
}

/// <summary>Takes such messages out of what reaches another log.</summary>
internal sealed class WithholdingLog(ILoggerProvider inner) : ILoggerProvider, ISupportExternalScope
{
    public ILogger CreateLogger(string categoryName) => Withheld.Covers(categoryName) ? new Logger(inner.CreateLogger(categoryName)) : inner.CreateLogger(categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => (inner as ISupportExternalScope)?.SetScopeProvider(scopeProvider);

    public void Dispose() => inner.Dispose();

    private sealed class Logger(ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            inner.Log(logLevel, eventId, state, exception is null ? null : new WithheldException(exception), formatter);
    }
}

/// <summary>Takes such messages out of what is sent to collectors.</summary>
internal sealed class WithholdingProcessor : BaseProcessor<LogRecord>
{
    public override void OnEnd(LogRecord data)
    {
        if (data.Exception is not { } failure || !Withheld.Covers(data.CategoryName)) return;
        data.Exception = null;
        // By the names that OpenTelemetry gives them.
        data.Attributes = [.. data.Attributes ?? [], new("exception.type", failure.GetType().FullName), new("exception.stacktrace", failure.StackTrace)];
    }
}
