namespace Vigie.Server;

/// <summary>What the keeper of alerts has to say to whoever runs the server. No message holds a text or a name.</summary>
internal static partial class AlertsLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "alerts cannot be judged at present: {Reason}. Predictions go on; what comes meanwhile is judged as soon as it can be")]
    public static partial void AlertsFail(this ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "alerts are judged again")]
    public static partial void AlertsRecovered(this ILogger log);
}
