using System.Diagnostics;
using Vigie.Embeddings;
using Vigie.Text;

namespace Vigie.Cli;

/// <summary>What one training of word vectors cost: skip-gram, 100 dimensions, window 5, 5 negatives, on all processors.</summary>
/// <param name="Algorithm">word2vec or fasttext.</param>
/// <param name="Words">Words of all texts, those left out for their frequency included.</param>
/// <param name="Vocabulary">Words with a vector.</param>
/// <param name="Epochs">Passes over the words.</param>
/// <param name="WallSeconds">Of the passes, cutting the texts into words not counted.</param>
/// <param name="CpuSeconds">Processor time of all threads meanwhile.</param>
/// <param name="WordsPerCpuSecond">Words of all passes over processor time.</param>
/// <param name="PeakMib">The most memory that the process held so far, in MiB.</param>
internal sealed record VectorSpeed(string Algorithm, long Words, int Vocabulary, int Epochs, double WallSeconds, double CpuSeconds, double WordsPerCpuSecond, double PeakMib)
{
    public static readonly string[] Algorithms = ["word2vec", "fasttext"];

    public static VectorSpeed Measure(string algorithm, IReadOnlyList<string> texts, TimeProvider clock, IProgress<double>? progress, CancellationToken cancellation)
    {
        const int minCount = 2; // as the peers' scripts
        var corpus = WordCorpus.FromTexts(texts, new TextPipeline { NegationScope = 0 }, cancellation);
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        long start = clock.GetTimestamp();
        (int vocabulary, int epochs) = algorithm == "word2vec" ? Of(new Word2Vec { MinCount = minCount }) : OfSubwords(new FastText { MinCount = minCount });
        double wall = clock.GetElapsedTime(start).TotalSeconds, cpu = (Environment.CpuUsage.TotalTime - processor).TotalSeconds;
        using var process = Process.GetCurrentProcess();
        return new VectorSpeed(algorithm, corpus.TokenCount, vocabulary, epochs, wall, cpu, (double)corpus.TokenCount * epochs / cpu, process.PeakWorkingSet64 / 1048576.0);

        (int, int) Of(Word2Vec learner) => (learner.Fit(corpus, progress, cancellation).Count, learner.Epochs);

        (int, int) OfSubwords(FastText learner) => (learner.Fit(corpus, progress, cancellation).Words.Count, learner.Epochs);
    }
}
