using Vigie.Embeddings;
using Vigie.Tweets;

namespace Vigie.Cli;

/// <summary>Vectors of words or texts, what they are of, and the group that each belongs to.</summary>
internal sealed record ProjectedRows(float[] Vectors, int Dimension, IReadOnlyList<string> Labels, bool Named)
{
    private const int TextsAtOnce = 2048;

    // A word that one class uses this many times as often as the other leans to it.
    private const double Lean = 1.5;

    public int Count => Labels.Count;

    public IReadOnlyList<string> Groups { get; init; } = [];

    public IReadOnlyList<int> GroupOf { get; init; } = [];

    /// <summary>What the reader of the picture has to know besides.</summary>
    public string Remark { get; init; } = "";

    /// <summary>The first words of a file of vectors.</summary>
    public static ProjectedRows OfWords(VerbRun run, ProgressBoard board, string path, int most)
    {
        LoadedWordVectors loaded = WordVectorFile.Read(path, new WordVectorReading { MaxWords = most }, board.Stage<ReadProgress>("reading vectors (MB)", VectorReading.Progress), run.Stop);
        VectorReading.Warn(run, loaded);
        return new ProjectedRows(loaded.Vectors.All.ToArray(), loaded.Vectors.Dimension, loaded.Vectors.Words, Named: true);
    }

    /// <summary>The texts of a tweet file, or its words. Of a large file of vectors only the words that the tweets have are kept.</summary>
    public static ProjectedRows OfTweets(VerbRun run, ProgressBoard board, string? vectors, string? model, TextsOfFile tweets, bool words, int most)
    {
        if (model is not null)
        {
            using var network = OnnxSentenceEncoder.Load(model);
            return OfTexts(run, board, network, tweets);
        }

        var corpus = WordCorpus.FromTexts(tweets.Texts, SentenceEmbedding.DefaultText, run.Stop);
        IProgress<ReadProgress> progress = board.Stage<ReadProgress>("reading vectors (MB)", VectorReading.Progress);
        if (!words && FastTextFile.Is(vectors!))
            return OfTexts(run, board, new SmoothInverseFrequency().Fit(FastTextFile.Read(vectors!, WordVectorReading.Of(corpus.Words), progress, run.Stop), tweets.Texts, run.Stop), tweets);
        LoadedWordVectors loaded = WordVectorFile.Read(vectors!, WordVectorReading.Of(corpus.Words), progress, run.Stop);
        VectorReading.Warn(run, loaded);
        return words ? OfWords(corpus, loaded.Vectors, tweets.Labels, most) : OfTexts(run, board, new SmoothInverseFrequency().Fit(loaded.Vectors, tweets.Texts, run.Stop), tweets);
    }

    private static ProjectedRows OfTexts(VerbRun run, ProgressBoard board, ISentenceEncoder encoder, TextsOfFile tweets)
    {
        if ((long)tweets.Texts.Count * encoder.Dimension > Array.MaxLength) throw new InvalidInputException($"{tweets.Texts.Count} texts of {encoder.Dimension} numbers are more than memory takes in one piece; --sample takes fewer");
        var vectors = new float[tweets.Texts.Count * encoder.Dimension];
        IProgress<Amount> encoding = board.Stage("encoding");
        for (int from = 0; from < tweets.Texts.Count; from += TextsAtOnce)
        {
            int count = Math.Min(TextsAtOnce, tweets.Texts.Count - from);
            encoder.Encode([.. tweets.Texts.Skip(from).Take(count)], vectors.AsMemory(from * encoder.Dimension, count * encoder.Dimension), run.Stop);
            encoding.Report(new Amount(from + count, tweets.Texts.Count, "texts"));
        }

        bool labelled = tweets.Labels.All(label => label is not null);
        int[] columns = new int[Enum.GetValues<Sentiment>().Length];
        string[] groups = labelled ? [.. Enum.GetValues<Sentiment>().Where(label => tweets.Labels.Contains(label)).Select((label, i) => (columns[(int)label] = i, Name(label)).Item2)] : [];
        return new ProjectedRows(vectors, encoder.Dimension, tweets.Texts, Named: false) { Groups = groups, GroupOf = labelled ? [.. tweets.Labels.Select(label => columns[(int)label!.Value])] : [] };
    }

    // The words that the tweets have and the vectors know, the most frequent first; in labelled tweets, coloured by the class that uses them more.
    private static ProjectedRows OfWords(WordCorpus corpus, WordVectors vectors, IReadOnlyList<Sentiment?> labels, int most)
    {
        int[] chosen = [.. Enumerable.Range(0, corpus.Words.Count).Where(word => vectors.IndexOf(corpus.Words[word]) >= 0).Take(most)];
        float[] rows = [.. chosen.SelectMany(word => vectors[vectors.IndexOf(corpus.Words[word])].ToArray())];
        var drawn = new ProjectedRows(rows, vectors.Dimension, [.. chosen.Select(word => corpus.Words[word])], Named: true);
        if (!labels.Contains(Sentiment.Negative) || !labels.Contains(Sentiment.Positive)) return drawn;
        double[] negative = new double[corpus.Words.Count], positive = new double[corpus.Words.Count];
        for (int text = 0; text < labels.Count; text++)
        {
            double[]? counts = labels[text] switch { Sentiment.Negative => negative, Sentiment.Positive => positive, _ => null };
            if (counts is null) continue;
            foreach (int word in corpus[text]) counts[word]++;
        }

        double scale = (negative.Sum() + 1) / (positive.Sum() + 1);
        return drawn with
        {
            Groups = ["negative", "neutral", "positive"],
            GroupOf = [.. chosen.Select(word => (positive[word] + 1) * scale / (negative[word] + 1) is var ratio && ratio >= Lean ? 2 : ratio <= 1 / Lean ? 0 : 1)],
            Remark = ", coloured by the class that uses them 1.5 times as often",
        };
    }

    private static string Name(Sentiment label) => label.ToString().ToLowerInvariant();
}
