using Vigie.Bundles;
using Vigie.Features;
using Vigie.Text;

namespace Vigie.Tests.Bundles;

/// <summary>Whatever a pipeline may do otherwise, the probe notices, and by more than one text.</summary>
public sealed class TextProbeTests
{
    private static readonly NgramVectorizer Usual = new();

    public static TheoryData<string, TextPipeline> Changes => new()
    {
        { "words", new() { Tokens = TokenPattern.Words } },
        { "whitespace", new() { Tokens = TokenPattern.Whitespace } },
        { "entities", new() { HtmlEntities = false } },
        { "combining marks", new() { Normalize = false } },
        { "case", new() { Lowercase = false } },
        { "URLs kept", new() { Urls = TermPolicy.Keep } },
        { "URLs dropped", new() { Urls = TermPolicy.Drop } },
        { "mentions kept", new() { Mentions = TermPolicy.Keep } },
        { "mentions dropped", new() { Mentions = TermPolicy.Drop } },
        { "numbers replaced", new() { Numbers = TermPolicy.Placeholder } },
        { "numbers dropped", new() { Numbers = TermPolicy.Drop } },
        { "hashtags split", new() { Hashtags = HashtagPolicy.Split } },
        { "hashtags dropped", new() { Hashtags = HashtagPolicy.Drop } },
        { "punctuation", new() { Punctuation = false } },
        { "emoticons", new() { Emoticons = false } },
        { "runs of three", new() { MaxRun = 3 } },
        { "runs kept", new() { MaxRun = 0 } },
        { "negation of two", new() { NegationScope = 2 } },
        { "no negation", new() { NegationScope = 0 } },
        { "English stop words", new() { StopWords = StopWordLanguage.English } },
        { "French stop words", new() { StopWords = StopWordLanguage.French } },
        { "stems", new() { Form = WordForm.Stem } },
        { "French stems", new() { Form = WordForm.StemFrench } },
        { "lemmas", new() { Form = WordForm.Lemma } },
    };

    [Theory, MemberData(nameof(Changes))]
    public void A_change_of_the_pipeline_shows_in_several_texts(string name, TextPipeline changed)
    {
        Assert.NotEqual(TextProbe.Of(Usual.Text, Usual.Ngrams), TextProbe.Of(changed, Usual.Ngrams));
        int noticed = TextProbe.Texts.Count(text => !new Tokenizer(Usual.Text).Tokenize(text).SequenceEqual(new Tokenizer(changed).Tokenize(text)));
        Assert.True(noticed >= 4, $"{noticed} of {TextProbe.Texts.Count} texts notice: {name}");
    }

    [Fact]
    public void A_change_of_the_n_grams_shows() =>
        Assert.Equal(4, new[] { Ngrams.Unigrams, new Ngrams { WordMax = 2 }, new Ngrams { SkipMax = 2 }, new Ngrams { CharMin = 2, CharMax = 3 } }.Select(ngrams => TextProbe.Of(Usual.Text, ngrams)).Distinct().Count());
}
