using System.CommandLine;
using Vigie.Embeddings;
using Vigie.Tweets;

namespace Vigie.Cli;

/// <summary><c>vigie embed train</c>: word vectors from a tweet file.</summary>
internal static class EmbedTrainVerb
{
    // A fifth of fastText's own number: at 100 numbers a model of 160 MB instead of 800, with few collisions among the n-grams of a hundred thousand tweets.
    private const int UsualBuckets = 400_000;

    public static Command Create(Terminal terminal)
    {
        var usual = new Word2Vec();
        var data = new Option<string>("--data", "-d") { Description = "A tweet file; labels are not needed", HelpName = "FILE", Required = true };
        var output = new Option<string>("--output", "-o")
        {
            Description = "The file to write: .txt or .vec for word2vec's text, .bin for word2vec's binary form or, of fasttext, fastText's model; also with .gz or .zst. A folder gets vectors.bin",
            HelpName = "PATH",
            Required = true,
        };
        var algorithm = new Option<string>("--algorithm") { Description = "word2vec: whole words; fasttext: words and their character n-grams, so that words never seen have vectors too", HelpName = "word2vec|fasttext", DefaultValueFactory = _ => "word2vec" };
        algorithm.AcceptOnlyFromAmong("word2vec", "fasttext");
        var cbow = new Option<bool>("--cbow") { Description = "Continuous bag of words instead of skip-gram: faster, weaker on rare words" };
        var split = new Option<string>("--split") { Description = "Which rows: those that a model may learn from (by the split column, else by text hash), or all", HelpName = "train|all", DefaultValueFactory = _ => "train" };
        split.AcceptOnlyFromAmong("train", "all");
        Option<int> dimension = Count("--dim", "Length of the vectors", usual.VectorSize), window = Count("--window", "Most words on each side that count as near", usual.Window);
        Option<int> minCount = Count("--min-count", "Fewest occurrences of a word that gets a vector", usual.MinCount), negative = Count("--negative", "Words drawn at random against each near one", usual.Negative);
        Option<int> epochs = Count("--epochs", "Passes over the text", usual.Epochs), threads = Count("--threads", "Threads; 0 for one a processor. One thread gives the same vectors each time, several do not", usual.Workers), seed = Count("--seed", "Seeds whatever is drawn by chance", usual.Seed);
        var alpha = new Option<double>("--alpha") { Description = "Step length at the start", HelpName = "X", DefaultValueFactory = _ => usual.Alpha };
        var subsample = new Option<double>("--subsample") { Description = "Share of the text above which a word is read past now and then; 0 for never", HelpName = "X", DefaultValueFactory = _ => usual.Sample };
        Option<int> minN = Count("--min-n", "fasttext: fewest characters of an n-gram", new FastText().MinN), maxN = Count("--max-n", "fasttext: most characters of an n-gram", new FastText().MaxN);
        Option<int> bucket = Count("--bucket", "fasttext: buckets that n-grams are hashed to", UsualBuckets);
        var reading = new TweetFileOptions();
        var command = new Command("train", "Learn word vectors from a tweet file by word2vec or fastText");
        foreach (Option option in new Option[] { data, output, algorithm, cbow, split, dimension, window, minCount, negative, epochs, alpha, subsample, minN, maxN, bucket, threads, seed }) command.Options.Add(option);
        reading.AddTo(command);
        return command
            .WithExamples(
                "vigie embed train --data tweets.csv --output vectors.bin",
                "vigie embed train --data tweets.csv.gz --algorithm fasttext --dim 100 --output tweets-ft.bin",
                "vigie embed train --data tweets.csv --cbow --epochs 10 --threads 1 --seed 7 --output vectors.txt.gz --json")
            .Does(terminal, run =>
            {
                bool fastText = run.Required(algorithm) == "fasttext";
                VectorOutput target = VectorOutput.At(ModelFolder.PathOf(run, run.Required(output)), fastText);
                NegativeSampling learner = fastText
                    ? new FastText { MinN = run.Required(minN), MaxN = run.Required(maxN), Bucket = run.Required(bucket) }
                    : new Word2Vec();
                learner = learner with
                {
                    VectorSize = run.Required(dimension),
                    Window = run.Required(window),
                    MinCount = run.Required(minCount),
                    Negative = run.Required(negative),
                    Epochs = run.Required(epochs),
                    Alpha = run.Required(alpha),
                    Sample = run.Required(subsample),
                    Sg = !run.Value(cbow),
                    Workers = run.Required(threads),
                    Seed = run.Required(seed),
                };
                long started = run.Clock.GetTimestamp();
                WordCorpus corpus;
                int texts;
                WordVectors words;
                using (ProgressBoard board = run.ShowProgress())
                {
                    TweetReaderOptions options = reading.Of(run);
                    if (options.LabelColumn is null) options = options with { IgnoreLabels = true };
                    TextsOfFile read = TextsOfFile.Read(run, ModelFolder.PathOf(run, run.Required(data)), options, board, run.Required(split) == "train");
                    texts = read.Texts.Count;
                    corpus = WordCorpus.FromTexts(read.Texts, SentenceEmbedding.DefaultText, run.Stop);
                    IProgress<double> learning = board.Stage<double>("learning", share => new Amount(Math.Round(100 * share), 100));
                    if (learner is FastText subwords)
                    {
                        SubwordVectors vectors = subwords.Fit(corpus, learning, run.Stop);
                        words = vectors.Words;
                        target.Write(vectors, subwords, run.Stop);
                    }
                    else
                    {
                        words = ((Word2Vec)learner).Fit(corpus, learning, run.Stop);
                        target.Write(words, run.Stop);
                    }
                }

                var result = new
                {
                    Output = target.Path,
                    target.Format,
                    Algorithm = run.Required(algorithm),
                    Texts = texts,
                    Tokens = corpus.TokenCount,
                    DifferentWords = corpus.Words.Count,
                    Words = words.Count,
                    words.Dimension,
                    Seconds = run.Clock.GetElapsedTime(started).TotalSeconds,
                };
                if (fastText && target.Format != WordVectorFormat.FastTextBinary) run.Note("the file holds no n-grams: words never seen have no vector; name it .bin for fastText's own form");
                run.Print(result, console => console.PrintTable(["wrote", "words", "dimension", "from texts", "of words"], [[target.Path, $"{words.Count:N0}", $"{words.Dimension}", $"{texts:N0}", $"{corpus.TokenCount:N0}"]]));
            });
    }

    private static Option<int> Count(string name, string description, int usual) => new(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => usual };
}

/// <summary>Where word vectors are written, and in which form: its name says so.</summary>
internal sealed record VectorOutput(string Path, WordVectorFormat Format)
{
    /// <exception cref="InvalidInputException">The name's ending tells no form.</exception>
    public static VectorOutput At(string path, bool fastText)
    {
        string file = Directory.Exists(path) || path.EndsWith('/') || path.EndsWith('\\') ? System.IO.Path.Combine(path, "vectors.bin") : path;
        string plain = System.IO.Path.GetExtension(file).ToLowerInvariant() is ".gz" or ".zst" ? System.IO.Path.GetFileNameWithoutExtension(file) : System.IO.Path.GetFileName(file);
        return System.IO.Path.GetExtension(plain).ToLowerInvariant() switch
        {
            ".txt" or ".vec" => new VectorOutput(file, WordVectorFormat.Word2VecText),
            ".bin" => new VectorOutput(file, fastText ? WordVectorFormat.FastTextBinary : WordVectorFormat.Word2VecBinary),
            "" => new VectorOutput(System.IO.Path.Combine(file, "vectors.bin"), fastText ? WordVectorFormat.FastTextBinary : WordVectorFormat.Word2VecBinary),
            _ => throw new InvalidInputException($"--output {Terminal.Printable(path)}: name a folder, or a file in .txt, .vec or .bin, alone or followed by .gz or .zst"),
        };
    }

    public void Write(WordVectors vectors, CancellationToken stop)
    {
        if (Format == WordVectorFormat.Word2VecText) WordVectorWriter.WriteText(Path, vectors, stop);
        else WordVectorWriter.WriteBinary(Path, vectors, stop);
    }

    public void Write(SubwordVectors vectors, FastText learner, CancellationToken stop)
    {
        if (Format != WordVectorFormat.FastTextBinary)
        {
            Write(vectors.Words, stop);
            return;
        }

        FastTextFile.Write(
            Path,
            vectors,
            new FastTextSettings { SkipGram = learner.Sg, Window = learner.Window, Epochs = learner.Epochs, MinCount = learner.MinCount, Negatives = learner.Negative, Sampling = learner.Sample },
            stop);
    }
}
