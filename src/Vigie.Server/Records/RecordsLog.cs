namespace Vigie.Server;

/// <summary>What the records have to say to whoever runs the server. No message holds a text or a name.</summary>
internal static partial class RecordsLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "{Folder} can be looked into by other users of this machine, and its mode cannot be changed: {Reason}. Have its owner set it to 700")]
    public static partial void NotPrivate(this ILogger log, string folder, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the journal in {Folder} cannot be written: {Reason}. Predictions go on; their records wait in memory, corrections are refused")]
    public static partial void JournalFails(this ILogger log, string folder, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Bytes} bytes of records wait in memory, the most that records.memory_bytes allows ({Reason}): further predictions are answered and not kept, until there is room")]
    public static partial void MemoryFull(this ILogger log, long bytes, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the journal in {Folder} is written again; {Lost} predictions were not kept meanwhile")]
    public static partial void JournalRecovered(this ILogger log, string folder, long lost);

    [LoggerMessage(Level = LogLevel.Error, Message = "the server ends with {Records} records that could not be written: {Reason}")]
    public static partial void LostAtEnd(this ILogger log, int records, string? reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Path}: the last {Bytes} bytes were cut off by the end of the process that wrote them; nobody was told that they are safe")]
    public static partial void Torn(this ILogger log, string path, int bytes);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Path}: {Bytes} bytes are damaged, and the records in them lost; look at the disk")]
    public static partial void Damaged(this ILogger log, string path, long bytes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the database {Path} cannot be written: {Reason}. Predictions and corrections go on; their records wait in the journal")]
    public static partial void StoreFails(this ILogger log, string path, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the database {Path} is written again")]
    public static partial void StoreRecovered(this ILogger log, string path);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the figures of monitoring cannot be read: {Reason}. What is shown is as old as the last reading")]
    public static partial void FiguresUnread(this ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the figures of monitoring are read again")]
    public static partial void FiguresRead(this ILogger log);
}
