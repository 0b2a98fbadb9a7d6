namespace Vigie.Server;

/// <summary>How far an erasure is.</summary>
internal sealed record ErasureAnswer
{
    public const string Done = "done", Waiting = "waiting";

    public const string Example = """{"erasure_id":"019aad3e7a4c5b21d90003eb10ab93c7","state":"done","predictions":2,"corrections":1}""";

    /// <summary>Names the erasure in the records of this server.</summary>
    public required PredictionId ErasureId { get; init; }

    /// <summary><c>done</c>: nothing of it is left in any file; <c>waiting</c>: it is noted, safe from a loss of power, and follows.</summary>
    public required string State { get; init; }

    /// <summary>Predictions whose texts and names were erased; absent while waiting.</summary>
    public int? Predictions { get; init; }

    /// <summary>Corrections that were erased with them; absent while waiting.</summary>
    public int? Corrections { get; init; }

    /// <summary>What it waits for; absent once done.</summary>
    public string? Detail { get; init; }
}
