using System.Globalization;

namespace Vigie.Server;

/// <summary>Whom messages are for: where they find what is mentioned, and what their clock says.</summary>
/// <param name="PublicUrl">Where they reach this server; null where nobody said.</param>
/// <param name="RunbookUrl">Where runbooks are, if not there.</param>
/// <param name="Zone">Their time zone.</param>
internal sealed record Readers(string? PublicUrl, string? RunbookUrl, TimeZoneInfo Zone)
{
    public static Readers Of(AlertOptions options) => new(options.PublicUrl, options.RunbookUrl, options.Digest.TimeZone());

    /// <summary>This server; null where nobody said.</summary>
    public string? Page => PublicUrl?.TrimEnd('/');

    /// <summary>A runbook's page; null where nobody said where they are.</summary>
    public string? Runbook(string name) => (RunbookUrl?.TrimEnd('/') ?? (Page is null ? null : $"{Page}/runbooks")) is { } folder ? $"{folder}/{Uri.EscapeDataString(name)}" : null;

    /// <summary>What takes an alert on when it is posted to.</summary>
    public string Acknowledge(string id) => $"{Page}/alerts/{Uri.EscapeDataString(id)}/acknowledge";

    /// <summary>What their clock says at a moment.</summary>
    public DateTimeOffset ClockAt(DateTimeOffset moment) => TimeZoneInfo.ConvertTime(moment, Zone);

    /// <summary>A moment in words, with what their clock is ahead.</summary>
    public string Time(DateTimeOffset moment) =>
        ClockAt(moment) is { } local && local.Offset == TimeSpan.Zero ? local.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture) : local.ToString("yyyy-MM-dd HH:mm 'UTC'zzz", CultureInfo.InvariantCulture);
}
