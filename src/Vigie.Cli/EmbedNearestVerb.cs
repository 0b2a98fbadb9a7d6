using System.CommandLine;
using System.Globalization;
using Vigie.Embeddings;
using Vigie.Tweets;

namespace Vigie.Cli;

/// <summary><c>vigie embed nearest</c>: neighbours of a word, and analogies.</summary>
internal static class EmbedNearestVerb
{
    public static Command Create(Terminal terminal)
    {
        var vectors = new Option<string>("--vectors") { Description = "Word vectors: GloVe, word2vec (text or binary) or fastText (.vec, .bin), plain or as .gz, .zst or .zip", HelpName = "FILE", Required = true };
        var word = new Argument<string?>("WORD") { Description = "The word whose neighbours are wanted", Arity = ArgumentArity.ZeroOrOne };
        var plus = new Option<string[]>("--plus") { Description = "Add a word's direction; may be given several times", HelpName = "WORD" };
        var minus = new Option<string[]>("--minus") { Description = "Take a word's direction away; may be given several times", HelpName = "WORD" };
        var top = new Option<int>("--top") { Description = "How many words to name", HelpName = "K", DefaultValueFactory = _ => 10 };
        var first = new Option<int?>("--first") { Description = "Only the first N words of the file, which are the most frequent in every published one", HelpName = "N" };
        return new Command("nearest", "Name the words whose vectors point most nearly the same way: neighbours, or analogies such as king - man + woman") { vectors, word, plus, minus, top, first }
            .WithExamples(
                "vigie embed nearest --vectors vectors.bin delayed",
                "vigie embed nearest --vectors glove.6B.50d.txt.gz king --minus man --plus woman --top 5",
                "vigie embed nearest --vectors cc.fr.300.bin --first 200000 retard --json")
            .Does(terminal, run =>
            {
                string path = ModelFolder.PathOf(run, run.Required(vectors));
                string[] added = [.. run.Value(word) is { } one ? [one] : Array.Empty<string>(), .. run.Value(plus) ?? []], taken = run.Value(minus) ?? [];
                if (added.Length + taken.Length == 0) throw new InvalidInputException("name a word, or words with --plus and --minus");
                if (run.Required(top) < 1) throw new InvalidInputException($"--top {run.Required(top)}: expected 1 or more");
                LoadedWordVectors loaded;
                IReadOnlyList<NearWord> found;
                using (ProgressBoard board = run.ShowProgress())
                {
                    IProgress<ReadProgress> progress = board.Stage<ReadProgress>("reading (MB)", VectorReading.Progress);
                    loaded = WordVectorFile.Read(path, new WordVectorReading { MaxWords = run.Value(first) }, progress, run.Stop);
                    var nearest = new NearestWords(loaded.Vectors);
                    // A word that was never learnt has a vector of its n-grams, which a fastText model alone keeps.
                    found = added.Length == 1 && taken.Length == 0 && loaded.Format == WordVectorFormat.FastTextBinary && loaded.Vectors.IndexOf(added[0]) < 0
                        ? nearest.To(OfNgrams(path, added[0], progress, run.Stop), run.Required(top))
                        : nearest.Analogy(added, taken, run.Required(top));
                }

                VectorReading.Warn(run, loaded);
                var result = new { Plus = added, Minus = taken, Words = loaded.Vectors.Count, Nearest = found.Select(near => new { near.Word, Similarity = Math.Round(near.Similarity, 6) }) };
                run.Print(result, console => console.PrintTable(["word", "similarity"], [.. found.Select(near => new[] { near.Word, near.Similarity.ToString("0.0000", CultureInfo.InvariantCulture) })]));
            });
    }

    private static float[] OfNgrams(string path, string word, IProgress<ReadProgress> progress, CancellationToken stop)
    {
        // N-grams come with any word; the word itself, where it was learnt but stands behind --first.
        bool any = false;
        var reading = new WordVectorReading { Keep = candidate => !any ? any = true : candidate.SequenceEqual(word) };
        SubwordVectors subwords = FastTextFile.Read(path, reading, progress, stop);
        var vector = new float[subwords.Dimension];
        if (!subwords.TryGetVector(word, vector)) throw new InvalidInputException($"the word '{Terminal.Printable(word)}' has no vector, and no n-gram that has one");
        return vector;
    }
}

/// <summary>What every verb says of a file of word vectors.</summary>
internal static class VectorReading
{
    public static Amount Progress(ReadProgress read) => new(read.Bytes / 1e6, read.TotalBytes / 1e6, $"{read.Rows:N0} words");

    /// <summary>Says on standard error what a reading left out.</summary>
    public static void Warn(VerbRun run, LoadedWordVectors loaded)
    {
        if (loaded.Duplicates > 0) run.Note($"{loaded.Duplicates:N0} words stood there again; the first vector of each counts");
        if (loaded.DamagedWords > 0) run.Note($"{loaded.DamagedWords:N0} words are not UTF-8; what could not be read stands in them as U+FFFD");
    }
}
