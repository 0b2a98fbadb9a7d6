using System.Globalization;

namespace Vigie.Server;

/// <summary>The day's figures, sent once a day (<c>alerts.digest</c>).</summary>
public sealed record DigestOptions
{
    /// <summary>When, on the clock of <see cref="Zone"/>: <c>08:00</c>.</summary>
    public string At { get; init; } = "08:00";

    /// <summary>The time zone, as IANA calls it: <c>Europe/Paris</c>. Messages tell all times on its clock.</summary>
    public string Zone { get; init; } = "UTC";

    /// <summary>The channels that it goes to, such as <c>[email, slack]</c>. None: there is no digest.</summary>
    public IReadOnlyList<string> Channels { get; init; } = [];

    /// <exception cref="InvalidInputException">There is no such hour or zone.</exception>
    internal void Check() => Times();

    /// <inheritdoc cref="Check"/>
    internal DigestTimes Times() => TimeOnly.TryParseExact(At, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly at)
        ? new DigestTimes(at, TimeZone())
        : throw new InvalidInputException($"alerts.digest.at is '{At}'; expected an hour and minute such as 08:00");

    /// <inheritdoc cref="Check"/>
    internal TimeZoneInfo TimeZone() => TimeZoneInfo.TryFindSystemTimeZoneById(Zone, out TimeZoneInfo? zone) && zone.HasIanaId // Windows' own names are not known everywhere
        ? zone
        : throw new InvalidInputException($"alerts.digest.zone is '{Zone}'; expected a zone such as Europe/Paris or UTC");
}
