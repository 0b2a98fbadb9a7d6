using Vigie.Embeddings;
using Vigie.Text;

namespace Vigie.Tests.Embeddings;

public sealed class WordCorpusTests
{
    [Fact]
    public void Words_are_numbered_by_frequency_and_then_by_first_sight()
    {
        WordCorpus corpus = WordCorpus.FromSentences([["b", "a", "c"], [], ["c", "a"], ["d", "c"]]);
        Assert.Equal(["c", "a", "b", "d"], corpus.Words);
        Assert.Equal([3L, 2L, 1L, 1L], corpus.Counts);
        Assert.Equal(4, corpus.SentenceCount);
        Assert.Equal(7, corpus.TokenCount);
        Assert.Equal([2, 1, 0], corpus[0].ToArray());
        Assert.Empty(corpus[1].ToArray());
        Assert.Equal([3, 0], corpus[3].ToArray());
    }

    [Fact]
    public void Texts_are_cut_by_their_pipeline_and_words_have_their_tokens_names()
    {
        WordCorpus corpus = WordCorpus.FromTexts(["@anna it is not good :)"], new TextPipeline());
        Assert.Equal(new Tokenizer(new TextPipeline()).Tokenize("@anna it is not good :)"), corpus[0].ToArray().Select(id => corpus.Words[id]));
        Assert.Contains("<user>", corpus.Words);
        Assert.Contains("NOT_good", corpus.Words);
    }

    [Fact]
    public void Texts_give_the_same_corpus_as_their_sentences_however_many_runs_they_take()
    {
        var random = new Xoshiro256(9);
        string[] texts = [.. Enumerable.Range(0, 10_000).Select(_ => string.Join(' ', Enumerable.Range(0, random.Next(6)).Select(_ => $"w{random.Next(1 + random.Next(3000))}")))];
        WordCorpus one = WordCorpus.FromTexts(texts, new TextPipeline()), two = WordCorpus.FromSentences(texts.Select(text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Equal(two.Words, one.Words);
        Assert.Equal(two.Counts, one.Counts);
        Assert.Equal(two.Ids, one.Ids);
        Assert.Equal(two.Starts, one.Starts);
    }

    [Fact]
    public void Counting_stops_when_asked() =>
        Assert.ThrowsAny<OperationCanceledException>(() => WordCorpus.FromTexts(["a text"], new TextPipeline(), new CancellationToken(canceled: true)));

    [Fact]
    public void Nothing_is_a_corpus_too() => Assert.Equal((0, 0), (WordCorpus.FromTexts([], new TextPipeline()).TokenCount, WordCorpus.FromSentences([]).SentenceCount));
}
