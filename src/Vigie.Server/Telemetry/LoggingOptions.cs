namespace Vigie.Server;

/// <summary>How log entries are written.</summary>
public enum LogFormat
{
    /// <summary>Nothing is written by the server itself: whoever starts it brings a log of their own (<see cref="ServerOptions.Log"/>).</summary>
    None,

    /// <summary>One JSON object a line, for programs.</summary>
    Json,
}

/// <summary>What is logged, to standard error. Tweets are not, nor who wrote them, unless <see cref="Texts"/> says so.</summary>
public sealed record LoggingOptions
{
    /// <summary>How entries are written.</summary>
    public LogFormat Format { get; init; } = LogFormat.None;

    /// <summary>The least severe level that is logged.</summary>
    public LogLevel Level { get; init; } = LogLevel.Information;

    /// <summary>Log every request when it has been answered: method, route, status, time, request id.</summary>
    public bool Requests { get; init; } = true;

    /// <summary>Log texts of tweets with the predictions made of them, and the messages of unexpected failures, which may quote a request.</summary>
    public bool Texts { get; init; }
}
