namespace Vigie.Server;

/// <summary>Holds the models on duty. Replacing them is one write of one reference: requests under way finish on what they began with.</summary>
internal sealed class ModelHost
{
    private volatile State state = new([], null);

    /// <summary>The models on duty.</summary>
    /// <exception cref="RequestException">503: the champion is not loaded.</exception>
    public Duty Duty => state.Duty ?? throw RequestException.NotReady(Waiting!);

    /// <summary>The same, or null where the champion is not loaded.</summary>
    public Duty? DutyIfReady => state.Duty;

    /// <summary>Every model that is to be on duty, loaded or not.</summary>
    public IReadOnlyList<DutyPart> Parts => state.Parts;

    /// <summary>Why the server is not ready; null where it is.</summary>
    public string? Waiting
    {
        get
        {
            State now = state;
            if (now.Duty is null && now.Parts.Count == 0) return "the server is starting";
            DutyPart? missing = now.Parts.FirstOrDefault(part => part.IsNeeded && part.Model is null);
            return missing?.Waiting;
        }
    }

    /// <summary>Puts one model on duty for good.</summary>
    public void Fix(ServedModel model, DateTimeOffset since) => Replace([new DutyPart(ModelPart.Champion, null, "fixed") { Model = model, Since = since }], 0);

    /// <summary>Puts other models on duty.</summary>
    /// <param name="parts">All that are to be.</param>
    /// <param name="share">The challenger's share of the traffic.</param>
    public void Replace(IReadOnlyList<DutyPart> parts, double share)
    {
        var next = new State(parts, Duty.Of(parts, share));
        state = next;
        if (next.Duty is { } duty) Replaced?.Invoke(duty);
    }

    /// <summary>Other models are on duty.</summary>
    public event Action<Duty>? Replaced;

    private sealed record State(IReadOnlyList<DutyPart> Parts, Duty? Duty);
}
