using System.Diagnostics.Metrics;

namespace Vigie.Server;

/// <summary>What the server does without at present, though it answers.</summary>
internal sealed class ServerHealth(ModelHost host, RecordKeeper records, AlertKeeper? alerts, RedisOptions redis, RedisLink? link)
{
    /// <summary>The parts that do not do what they should, with the reasons.</summary>
    public IEnumerable<DegradedPart> Degraded
    {
        get
        {
            foreach (DutyPart part in host.Parts)
            {
                // A challenger's alias usually points nowhere; one that answered and cannot be had any more is missed.
                if (part.Failure is { } failure && (part.IsNeeded || part.Model is not null)) yield return new DegradedPart("model", failure.Reason);
            }

            if (records.Failure is { } reason) yield return new DegradedPart("records", $"{reason}; they wait in memory and in the journal");
            if (alerts?.Failure is { } unwatched) yield return new DegradedPart("alerts", $"{unwatched}; what comes meanwhile is judged later");
            if (link is { IsUp: false }) yield return new DegradedPart("redis", $"{redis.Url} does not answer; limits hold for each replica by itself, and nothing is cached there");
        }
    }

    /// <summary>1 for every part that is degraded, 0 for the others that there are.</summary>
    public IEnumerable<Measurement<int>> Measure()
    {
        HashSet<string> degraded = [.. Degraded.Select(part => part.Part)];
        string[] parts = ["model", .. records.IsOn ? ["records"] : Array.Empty<string>(), .. alerts is null ? Array.Empty<string>() : ["alerts"], .. link is null ? Array.Empty<string>() : ["redis"]];
        return parts.Select(part => new Measurement<int>(degraded.Contains(part) ? 1 : 0, new KeyValuePair<string, object?>("part", part)));
    }
}
