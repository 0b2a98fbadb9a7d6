namespace Vigie.Server;

/// <summary>Holds the models on duty. Replacing them is one write of one reference: requests under way finish on what they began with.</summary>
internal sealed class ModelHost
{
    private volatile Duty? duty;

    /// <summary>Whether there is a model to answer with.</summary>
    public bool IsReady => duty is not null;

    /// <summary>The models on duty.</summary>
    /// <exception cref="RequestException">503: none is loaded yet.</exception>
    public Duty Duty => duty ?? throw RequestException.NotReady();

    /// <summary>Puts other models on duty.</summary>
    public void Replace(Duty next)
    {
        duty = next;
        Replaced?.Invoke(next);
    }

    /// <summary>Other models are on duty.</summary>
    public event Action<Duty>? Replaced;
}
