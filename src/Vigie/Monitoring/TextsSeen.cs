using Vigie.Features;
using Vigie.Text;

namespace Vigie.Monitoring;

/// <summary>What a comparison needs of texts besides the model's answers.</summary>
/// <param name="Tokens">Tokens of each text.</param>
/// <param name="Words">Of each word, the number of texts that have it, and its name.</param>
/// <param name="Sketches">Sketches of some texts, evenly spread.</param>
internal sealed record TextsSeen(int[] Tokens, IReadOnlyDictionary<ulong, TextsSeen.Word> Words, sbyte[] Sketches)
{
    private const int MostSketches = 400, MostExamples = 3;

    public int Sketched => Sketches.Length / TextSketch.Dimensions;

    public static TextsSeen Of(TextPipeline pipeline, IReadOnlyList<string> texts, TextSketch sketch, CancellationToken cancellation)
    {
        var buffer = new NgramBuffer(new Tokenizer(pipeline), Ngrams.Unigrams);
        var tokens = new int[texts.Count];
        var words = new Dictionary<ulong, Word>();
        int sketched = Math.Min(MostSketches, texts.Count), next = 0;
        var sketches = new sbyte[sketched * TextSketch.Dimensions];
        for (int i = 0; i < tokens.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            buffer.Fill(texts[i]);
            tokens[i] = buffer.Tokens.Count;
            ReadOnlySpan<ulong> own = buffer.TokenFingerprints;
            for (int t = 0; t < own.Length; t++)
            {
                if (!words.TryGetValue(own[t], out Word? word)) words[own[t]] = word = new Word(buffer.Tokens.Name(t));
                word.IsIn(i);
            }

            if (next < sketched && i == (int)((long)next * tokens.Length / sketched)) sketch.Of(own, sketches.AsSpan(next++ * TextSketch.Dimensions, TextSketch.Dimensions));
        }

        return new TextsSeen(tokens, words, sketches);
    }

    /// <summary>In how many texts a word is.</summary>
    internal sealed class Word(string name)
    {
        private readonly List<int> _examples = [];
        private int _last = -1;

        public string Name => name;

        public int Texts { get; private set; }

        /// <summary>The first texts that have it.</summary>
        public IReadOnlyList<int> Examples => _examples;

        public void IsIn(int text)
        {
            if (text == _last) return;
            _last = text;
            Texts++;
            if (_examples.Count < MostExamples) _examples.Add(text);
        }
    }
}
