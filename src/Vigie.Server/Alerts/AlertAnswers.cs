using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vigie.Server;

/// <summary>Alerts, newest first.</summary>
internal sealed record AlertsAnswer
{
    /// <summary>The alerts.</summary>
    public required IReadOnlyList<Alert> Alerts { get; init; }

    /// <summary>What to send as <c>before</c> for those that come next; absent at the end.</summary>
    public string? Next { get; init; }

    /// <summary>Why rules cannot be judged at present, or are not those of the file; absent where all is well.</summary>
    public string? Failure { get; init; }

    public const string Example =
        """
        {
          "alerts": [
            {
              "id": "019aad3e8f2c0000-wrong-reports-000001", "rule": "wrong-reports", "severity": "critical", "state": "open",
              "summary": "3 predictions were reported wrong in 5 minutes", "model": "sentiment version 4", "figure": 3, "limit": 3,
              "since": "2026-01-31T17:02:11+00:00", "last_seen": "2026-01-31T17:02:11+00:00", "count": 3,
              "tweets": [ { "prediction_id": "019aad3e8f2c00c0ffee000001a1b2c3", "text": "Great, late again", "predicted": "positive", "right": "negative", "at": "2026-01-31T17:02:11+00:00" } ],
              "words": ["late"], "runbook": "wrong-reports"
            }
          ]
        }
        """;
}

/// <summary><c>info</c>, <c>warning</c>, <c>critical</c>.</summary>
internal sealed class AlertSeverityName() : JsonStringEnumConverter<AlertSeverity>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);

/// <summary><c>acknowledge</c>, <c>silence</c>, <c>resolve</c>, <c>note</c>.</summary>
internal sealed class AlertVerbName() : JsonStringEnumConverter<AlertVerb>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);

/// <summary><c>open</c>, <c>acknowledged</c>, <c>silenced</c>, <c>resolved</c>.</summary>
internal sealed class AlertStateName() : JsonStringEnumConverter<AlertState>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
