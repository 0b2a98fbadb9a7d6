namespace Vigie.Server;

/// <summary>What the endpoint found out about a request, for the log and the trace: never the text, unless the settings say so.</summary>
internal sealed class RequestFacts
{
    /// <summary>The prediction made.</summary>
    public PredictionId? Prediction { get; set; }

    /// <summary>The model that answered.</summary>
    public ServedModel? Model { get; set; }

    /// <summary>What it said: <c>negative</c>.</summary>
    public string? Label { get; set; }

    /// <summary>How many tweets a batch had.</summary>
    public int? Tweets { get; set; }

    /// <summary>The tweet.</summary>
    public string? Text { get; set; }
}
