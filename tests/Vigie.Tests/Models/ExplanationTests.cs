using Vigie.Models;

namespace Vigie.Tests.Models;

/// <summary>What an explanation says a model knows is what the model can answer for.</summary>
public sealed class ExplanationTests
{
    [Theory]
    [InlineData("tfidf-lr")]
    [InlineData("tfidf-lr word_min=2 word_max=2")]
    [InlineData("linear-best")]
    [InlineData("linear-best word_max=0 skip_max=0 char_min=2 char_max=3 char_boundary=word")]
    public void A_word_is_known_where_the_model_has_a_feature_of_it(string name)
    {
        IReadOnlyList<WordContribution> words = TinyModels.Fit(name, 2).Explain("best crew ever ŽŽ").Words;
        Assert.Equal("best True, crew True, ever True, žž False", string.Join(", ", words.Select(word => $"{word.Text} {word.Known}")));
    }

    [Fact]
    public void A_model_of_pairs_does_not_know_a_word_on_its_own() =>
        Assert.False(Assert.Single(TinyModels.Fit("tfidf-lr word_min=2 word_max=2", 2).Explain("crew").Words).Known);

    [Theory]
    [InlineData("linear-fast", "ŽŽŽŽ ΩΩΩΩ", 0)]
    [InlineData("linear-fast", "", 1)]
    [InlineData("tfidf-lr word_min=2 word_max=2", "best crew ever ŽŽŽŽ", 0)]
    [InlineData("tfidf-lr word_min=2 word_max=2", "ŽŽŽŽ ΩΩΩΩ", 1)]
    [InlineData("tfidf-lr", "best crew ever ŽŽŽŽ", 0.25)]
    public void The_share_of_unknown_words_is_that_of_the_text_where_words_cannot_be_told_apart(string name, string text, double share) =>
        Assert.Equal(share, TinyModels.Fit(name, 2).Predict(text).UnknownShare);
}
