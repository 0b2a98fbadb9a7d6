using BenchmarkDotNet.Attributes;
using Vigie.Text;

namespace Vigie.Benchmarks;

/// <summary>From a text to its tokens. An operation is one tweet, or one word.</summary>
[MemoryDiagnoser]
public class TextBenchmarks
{
    private readonly TokenBuffer _buffer = new();
    private readonly Tokenizer _tweet = new(new TextPipeline()), _words = new(TextPipeline.ScikitLearn);
    private readonly string[] _vocabulary = [.. CorpusRows.Texts.SelectMany(new Tokenizer(TextPipeline.ScikitLearn).Tokenize).Where(word => word.All(char.IsAsciiLetter)).Take(CorpusRows.Measured)];
    private readonly char[] _word = new char[256];

    [Benchmark(OperationsPerInvoke = CorpusRows.Measured)]
    public int TokenizeAsTweets() => Tokenize(_tweet);

    [Benchmark(OperationsPerInvoke = CorpusRows.Measured)]
    public int TokenizeAsScikitLearn() => Tokenize(_words);

    [Benchmark(OperationsPerInvoke = CorpusRows.Measured)]
    public int StemWords()
    {
        int length = 0;
        foreach (string word in _vocabulary)
        {
            word.CopyTo(_word);
            length += EnglishStemmer.Stem(_word, word.Length);
        }

        return length;
    }

    private int Tokenize(Tokenizer tokenizer)
    {
        int tokens = 0;
        foreach (string text in CorpusRows.Texts)
        {
            tokenizer.Tokenize(text, _buffer);
            tokens += _buffer.Count;
        }

        return tokens;
    }
}
