namespace Vigie.Server;

/// <summary>What the channels have to say to whoever runs the server. No message holds a text, a number or a secret.</summary>
internal static partial class ChannelLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "{Channel}: {Refused} of {All} were refused, the others are delivered: {Reason}")]
    public static partial void SomeRefused(ILogger log, string channel, int refused, int all, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Channel} has not taken message {Message}, attempt {Attempt}: {Reason}; again in {Pause}")]
    public static partial void Failed(ILogger log, string channel, string message, int attempt, string reason, TimeSpan pause);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Channel}: message {Message} is given up after {Attempts} attempts: {Reason}")]
    public static partial void GivenUp(ILogger log, string channel, string message, int attempts, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Channel} has taken nothing since {Since:u}: {Reason}")]
    public static partial void Down(ILogger log, string channel, DateTimeOffset since, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Channel} takes messages again")]
    public static partial void Up(ILogger log, string channel);

    [LoggerMessage(Level = LogLevel.Error, Message = "The outbox of {Channel} cannot be used at present; again in {Pause}")]
    public static partial void OutboxAway(ILogger log, string channel, TimeSpan pause, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Channel}: a message could not be made: {Failure} {Place}")]
    public static partial void Broken(ILogger log, string channel, string failure, string? place); // what it says may quote a tweet
}
