namespace Vigie.Server;

/// <summary>What the watch over the models has to say to whoever runs the server. No message holds a text or a name.</summary>
internal static partial class MonitoringLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "what the drift monitor of {Model} knew cannot be taken up again ({Reason}): it begins anew, and needs some hundred predictions before it can judge")]
    public static partial void DriftBegunAnew(this ILogger log, string model, string reason);
}
