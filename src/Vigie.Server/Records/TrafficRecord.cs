namespace Vigie.Server;

/// <summary>Requests that a server has answered in one minute so far. Told again, its counts are the greater ones, and take the earlier ones' place.</summary>
/// <param name="Id">The number under which this server counts this minute.</param>
/// <param name="Minute">The minute, since the epoch.</param>
/// <param name="Counts">How many.</param>
internal sealed record TrafficRecord(PredictionId Id, long Minute, TrafficCounts Counts);

/// <summary>Requests by what came of them.</summary>
/// <param name="Succeeded">2xx and 3xx.</param>
/// <param name="Refused">4xx, and those whose callers left before the end.</param>
/// <param name="Failed">5xx.</param>
internal readonly record struct TrafficCounts(long Succeeded, long Refused, long Failed);
