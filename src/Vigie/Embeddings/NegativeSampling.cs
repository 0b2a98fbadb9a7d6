namespace Vigie.Embeddings;

/// <summary>
/// How word vectors are learnt: a word's vector is to tell the words that stand near it from words drawn at random. T. Mikolov, I. Sutskever, K. Chen, G. Corrado and
/// J. Dean, 'Distributed representations of words and phrases and their compositionality', NIPS 2013. Hyperparameters only, named as in gensim.
/// </summary>
public abstract record NegativeSampling
{
    /// <summary>Length of each vector; from 1.</summary>
    public int VectorSize { get; init; } = 100;

    /// <summary>Most words on each side of a word that count as near; from 1. Each time the reach is drawn anew from 1 to this, so that nearer words count more.</summary>
    public int Window { get; init; } = 5;

    /// <summary>Fewest occurrences of a word that gets a vector; from 1. Rarer words are left out before windows are laid.</summary>
    public int MinCount { get; init; } = 5;

    /// <summary>Words drawn at random against each near one, in proportion to their counts to the power of 0.75; from 1.</summary>
    public int Negative { get; init; } = 5;

    /// <summary>Passes over the corpus; from 1.</summary>
    public int Epochs { get; init; } = 5;

    /// <summary>Step length at the start; above 0. It falls in a straight line to <see cref="MinAlpha"/>.</summary>
    public double Alpha { get; init; } = 0.025;

    /// <summary>Step length at the end; from 0 to <see cref="Alpha"/>.</summary>
    public double MinAlpha { get; init; } = 0.0001;

    /// <summary>
    /// Words whose share f of the text is above this are read past at random, each pass anew, and kept with probability √(Sample / f) + Sample / f; from 0, which keeps all, to below 1.
    /// </summary>
    public double Sample { get; init; } = 0.001;

    /// <summary>True for skip-gram (a word tells each of its neighbours), false for continuous bag of words (the mean of the neighbours tells the word).</summary>
    public bool Sg { get; init; } = true;

    /// <summary>
    /// Threads; 0 for one a processor. They write to the same vectors without locks (F. Niu, B. Recht, C. Ré and S. Wright, 'Hogwild!', NIPS 2011):
    /// one thread gives the same vectors each time, to the bit; several do not.
    /// </summary>
    public int Workers { get; init; }

    /// <summary>Seeds whatever is drawn at random.</summary>
    public int Seed { get; init; } = 1;

    private protected void Validate()
    {
        if (VectorSize < 1) throw new InvalidInputException($"vector_size {VectorSize}: expected 1 or more");
        if (Window < 1) throw new InvalidInputException($"window {Window}: expected 1 or more words on each side");
        if (MinCount < 1) throw new InvalidInputException($"min_count {MinCount}: expected 1 or more");
        if (Negative < 1) throw new InvalidInputException($"negative {Negative}: expected 1 or more words drawn against each near one");
        if (Epochs < 1) throw new InvalidInputException($"epochs {Epochs}: expected 1 or more");
        if (Alpha is not (> 0 and < double.PositiveInfinity)) throw new InvalidInputException($"alpha {Alpha}: expected a number above 0");
        if (!(MinAlpha >= 0 && MinAlpha <= Alpha)) throw new InvalidInputException($"min_alpha {MinAlpha}: expected 0 to alpha, which is {Alpha}");
        if (Sample is not (>= 0 and < 1)) throw new InvalidInputException($"sample {Sample}: expected 0, which keeps every word, or a share below 1");
        if (Workers < 0) throw new InvalidInputException($"workers {Workers}: expected 0 for one a processor, or the number of threads");
    }
}
