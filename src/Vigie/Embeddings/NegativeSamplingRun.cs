using System.Numerics.Tensors;

namespace Vigie.Embeddings;

/// <summary>
/// One training: matrices, and threads that take blocks of sentences one after another. What a block draws at random and how long its steps are depends on its place
/// alone, and not on who takes it when.
/// </summary>
internal sealed class NegativeSamplingRun : IDisposable
{
    // Words of a block: some milliseconds of work.
    private const int BlockTokens = 8192;

    private readonly NegativeSampling options;
    private readonly WordCorpus corpus;
    private readonly TrainingVocabulary vocabulary;
    private readonly InputRows inputRows;
    private readonly RowMatrix input, output;
    private readonly List<int> blocks = [0]; // first sentence of each, and behind the last one the number of sentences
    private readonly Lock reporting = new();
    private long taken = -1, done, reported;

    /// <summary>Prepares a training.</summary>
    /// <param name="options">Validated.</param>
    /// <param name="corpus">What is read.</param>
    /// <param name="vocabulary">Its words that get vectors.</param>
    /// <param name="inputRows">The rows of each of them.</param>
    /// <param name="spread">Vectors start between minus this and this.</param>
    public NegativeSamplingRun(NegativeSampling options, WordCorpus corpus, TrainingVocabulary vocabulary, InputRows inputRows, float spread)
    {
        (this.options, this.corpus, this.vocabulary, this.inputRows) = (options, corpus, vocabulary, inputRows);
        if ((long)inputRows.Count * options.VectorSize > Array.MaxLength)
            throw new InvalidInputException($"{inputRows.Count:N0} rows of vector_size {options.VectorSize} are more than {Array.MaxLength:N0} numbers: raise min_count, or lower vector_size or bucket");
        input = new RowMatrix(inputRows.Count, options.VectorSize);
        output = new RowMatrix(vocabulary.Count, options.VectorSize);
        input.Randomise(new Xoshiro256((ulong)options.Seed), spread);
        for (int sentence = 0, tokens = 0; sentence < corpus.SentenceCount; sentence++)
        {
            tokens += corpus[sentence].Length;
            if (tokens < BlockTokens) continue;
            blocks.Add(sentence + 1);
            tokens = 0;
        }
        if (blocks[^1] != corpus.SentenceCount) blocks.Add(corpus.SentenceCount);
    }

    private int BlocksPerEpoch => blocks.Count - 1;

    /// <summary>Trains to the end.</summary>
    public void Run(IProgress<double>? progress, CancellationToken cancellation)
    {
        int workers = options.Workers == 0 ? Environment.ProcessorCount : options.Workers;
        if (workers == 1) Work(progress, cancellation);
        else Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = workers }, _ => Work(progress, cancellation));
        cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>The input matrix.</summary>
    /// <exception cref="InvalidInputException">The steps were so long that the numbers have left all bounds.</exception>
    public float[] Vectors()
    {
        float[] values = input.ToArray();
        return float.IsFinite(TensorPrimitives.SumOfMagnitudes(values)) ? values
            : throw new InvalidInputException($"alpha {options.Alpha}: with steps of this length the vectors grew beyond all numbers; lower it");
    }

    public void Dispose()
    {
        input.Dispose();
        output.Dispose();
    }

    private void Work(IProgress<double>? progress, CancellationToken cancellation)
    {
        using var learner = new SentenceLearner(options, vocabulary, inputRows, input, output);
        long total = (long)options.Epochs * BlocksPerEpoch;
        for (long turn = Interlocked.Increment(ref taken); turn < total; turn = Interlocked.Increment(ref taken))
        {
            if (!Learn(learner, turn, cancellation)) return;
            Report(Interlocked.Increment(ref done), total, progress);
        }
    }

    private bool Learn(SentenceLearner learner, long turn, CancellationToken cancellation)
    {
        (long epoch, int block) = (turn / BlocksPerEpoch, (int)(turn % BlocksPerEpoch));
        learner.Random = new Xoshiro256((ulong)options.Seed, 1 + (ulong)turn);
        double all = (double)options.Epochs * corpus.TokenCount;
        for (int sentence = blocks[block]; sentence < blocks[block + 1]; sentence++)
        {
            // A text of any length is learnt piece by piece, so that stopping never has to wait for its end.
            for (int first = corpus.Starts[sentence]; first < corpus.Starts[sentence + 1]; first += SentenceLearner.LongestPiece)
            {
                if (cancellation.IsCancellationRequested) return false;
                double share = ((double)epoch * corpus.TokenCount + first) / all;
                float alpha = (float)(options.Alpha - share * (options.Alpha - options.MinAlpha));
                learner.Learn(corpus.Ids.AsSpan(first, Math.Min(SentenceLearner.LongestPiece, corpus.Starts[sentence + 1] - first)), alpha);
            }
        }
        return true;
    }

    private void Report(long turns, long total, IProgress<double>? progress)
    {
        if (progress is null) return;
        lock (reporting)
        {
            if (turns <= reported) return;
            reported = turns;
            progress.Report((double)turns / total);
        }
    }
}
