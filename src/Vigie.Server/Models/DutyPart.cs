namespace Vigie.Server;

/// <summary>One of the models that a server is to have on duty, as it stands at one moment.</summary>
/// <param name="Part">In which part.</param>
/// <param name="Name">What callers ask for it by; null for the champion, whom they need not name.</param>
/// <param name="Source">Where it comes from: <c>models:/sentiment@champion</c>, a folder, or <c>fixed</c>.</param>
internal sealed record DutyPart(ModelPart Part, string? Name, string Source)
{
    /// <summary>The model; null where none was loaded yet, or there is none to be had.</summary>
    public ServedModel? Model { get; init; }

    /// <summary>Since when that model is on duty.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>What went wrong the last time that the source was asked or its model loaded; null where it went well.</summary>
    public LoadFailure? Failure { get; init; }

    /// <summary>Whether the server is not ready without it. A challenger may be missing: nobody waits for it.</summary>
    public bool IsNeeded => Part is not ModelPart.Challenger;

    /// <summary>Why it does not answer, for callers.</summary>
    public string Waiting => Failure is { } failure ? failure.Reason : $"{Source} is being loaded";
}

/// <summary>Why a source's present model is not on duty.</summary>
/// <param name="Reason">What was wrong.</param>
/// <param name="At">Since when.</param>
internal sealed record LoadFailure(string Reason, DateTimeOffset At);
