using static TorchSharp.torch;

namespace Vigie.Torch;

/// <summary>Stacked long short-term memories.</summary>
internal abstract class Memories : IDisposable
{
    /// <summary>Binds each array of the network to the tensor that is computed with.</summary>
    public abstract IEnumerable<Binding> Bind(IReadOnlyDictionary<string, Parameter> parameters);

    /// <summary>Runs the memories.</summary>
    /// <param name="steps">(batch, time, dimension), zero behind a text's end.</param>
    /// <param name="lengths">Real steps of each text; null where all are.</param>
    /// <param name="dropout">Between layers; null where nothing is learnt.</param>
    /// <returns>(batch, time, width), zero behind a text's end.</returns>
    public abstract Tensor Run(Tensor steps, Tensor? lengths, Dropout? dropout);

    /// <summary>Carries the gradient of the last run's states back to its steps, where libtorch does not do so by itself.</summary>
    public virtual void Return() { }

    public abstract void Dispose();
}
