using System.Buffers;
using Vigie.Text;

namespace Vigie.Embeddings;

/// <summary>
/// Sentences as numbers of words: a pass over them reads four bytes a word. Words are numbered by falling frequency, and between equals by first sight, so that
/// the words that occur often enough are the first ones. Immutable and safe for any number of threads.
/// </summary>
public sealed class WordCorpus
{
    // Texts cut and numbered by one processor at a time: many enough that joining the parts costs little.
    private const int Run = 4096;

    private WordCorpus(string[] words, long[] counts, int[] ids, int[] starts) => (Words, Counts, Ids, Starts) = (words, counts, ids, starts);

    /// <summary>All words, the most frequent first.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>How often each word occurs, in the order of <see cref="Words"/>.</summary>
    public IReadOnlyList<long> Counts { get; }

    /// <summary>Number of sentences, empty ones included.</summary>
    public int SentenceCount => Starts.Length - 1;

    /// <summary>Number of words in all sentences.</summary>
    public int TokenCount => Ids.Length;

    internal int[] Ids { get; }

    /// <summary>Where each sentence starts in <see cref="Ids"/>, and behind the last one where it ends.</summary>
    internal int[] Starts { get; }

    /// <summary>The words of one sentence, as numbers into <see cref="Words"/>.</summary>
    public ReadOnlySpan<int> this[int sentence] => Ids.AsSpan(Starts[sentence]..Starts[sentence + 1]);

    /// <summary>Cuts texts into words, each text one sentence, on all processors. The result does not depend on how many there are.</summary>
    /// <param name="texts">Any texts.</param>
    /// <param name="pipeline">How they are cut. A word's name is its token's: <c>&lt;user&gt;</c> for a mention's placeholder, <c>NOT_good</c> where it is negated.</param>
    /// <param name="cancellation">Stops between runs of texts.</param>
    /// <exception cref="InvalidInputException">A setting of the pipeline is out of range.</exception>
    public static WordCorpus FromTexts(IReadOnlyList<string> texts, TextPipeline pipeline, CancellationToken cancellation = default)
    {
        var tokenizer = new Tokenizer(pipeline);
        int runs = (texts.Count + Run - 1) / Run;
        var parts = new Part[runs];
        Parallel.For(0, runs, new ParallelOptions { CancellationToken = cancellation }, run =>
        {
            var part = new Part();
            var tokens = new TokenBuffer();
            var name = new ArrayBufferWriter<char>();
            for (int i = run * Run; i < Math.Min(texts.Count, (run + 1) * Run); i++)
            {
                tokenizer.Tokenize(texts[i], tokens);
                for (int k = 0; k < tokens.Count; k++)
                {
                    name.ResetWrittenCount();
                    tokens.WriteName(k, name);
                    part.Add(name.WrittenSpan);
                }
                part.EndSentence();
            }
            parts[run] = part;
        });
        cancellation.ThrowIfCancellationRequested();
        return Join(parts);
    }

    /// <summary>Takes sentences that are cut already.</summary>
    /// <param name="sentences">The words of each sentence.</param>
    public static WordCorpus FromSentences(IEnumerable<IEnumerable<string>> sentences)
    {
        var part = new Part();
        foreach (IEnumerable<string> sentence in sentences)
        {
            foreach (string word in sentence) part.Add(word);
            part.EndSentence();
        }
        return Join([part]);
    }

    private static WordCorpus Join(IReadOnlyList<Part> parts)
    {
        var all = new WordNumbers();
        var counts = new List<long>();
        int[][] numberOf = new int[parts.Count][]; // of a part's word, in the order of first sight
        for (int p = 0; p < parts.Count; p++)
        {
            numberOf[p] = new int[parts[p].Numbers.Words.Count];
            for (int w = 0; w < numberOf[p].Length; w++)
            {
                int number = numberOf[p][w] = all.FindOrAdd(parts[p].Numbers.Words[w]);
                if (number == counts.Count) counts.Add(0);
            }
            foreach (int id in parts[p].Ids) counts[numberOf[p][id]]++;
        }

        int[] byFrequency = [.. Enumerable.Range(0, counts.Count).OrderByDescending(number => counts[number])];
        int[] rank = new int[counts.Count];
        for (int r = 0; r < rank.Length; r++) rank[byFrequency[r]] = r;
        long tokens = parts.Sum(part => (long)part.Ids.Count);
        if (tokens > Array.MaxLength) throw new InvalidInputException($"{tokens:N0} words of text: more than {Array.MaxLength:N0}; train on a sample");
        var ids = new int[tokens];
        var starts = new int[parts.Sum(part => part.Lengths.Count) + 1];
        int at = 0, sentence = 0;
        for (int p = 0; p < parts.Count; p++)
        {
            foreach (int length in parts[p].Lengths) starts[sentence + 1] = starts[sentence++] + length;
            foreach (int id in parts[p].Ids) ids[at++] = rank[numberOf[p][id]];
        }
        return new WordCorpus(Array.ConvertAll(byFrequency, number => all.Words[number]), Array.ConvertAll(byFrequency, number => counts[number]), ids, starts);
    }

    private sealed class Part
    {
        private int begun;

        public WordNumbers Numbers { get; } = new();

        public List<int> Ids { get; } = [];

        public List<int> Lengths { get; } = [];

        public void Add(ReadOnlySpan<char> word) => Ids.Add(Numbers.FindOrAdd(word));

        public void EndSentence()
        {
            Lengths.Add(Ids.Count - begun);
            begun = Ids.Count;
        }
    }

    /// <summary>Words numbered in the order of first sight.</summary>
    private sealed class WordNumbers
    {
        private readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);
        private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup;

        public WordNumbers() => lookup = numbers.GetAlternateLookup<ReadOnlySpan<char>>();

        public List<string> Words { get; } = [];

        public int FindOrAdd(ReadOnlySpan<char> word)
        {
            if (lookup.TryGetValue(word, out int number)) return number;
            string name = word.ToString();
            numbers.Add(name, Words.Count);
            Words.Add(name);
            return Words.Count - 1;
        }
    }
}
