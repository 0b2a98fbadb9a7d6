namespace Vigie.Embeddings;

/// <summary>Turns whole texts into vectors of one length: an average of word vectors, or a network. Safe for any number of threads.</summary>
public interface ISentenceEncoder
{
    /// <summary>Length of each vector.</summary>
    int Dimension { get; }

    /// <summary>Encodes texts, on as many processors as it can use.</summary>
    /// <param name="texts">Any texts; one in which nothing is known may come out as zeros.</param>
    /// <param name="vectors">Receives texts × <see cref="Dimension"/>, row by row.</param>
    /// <param name="cancellation">Stops between texts with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="InvalidInputException">There is not just the room that the vectors take.</exception>
    void Encode(IReadOnlyList<string> texts, Memory<float> vectors, CancellationToken cancellation = default);
}
