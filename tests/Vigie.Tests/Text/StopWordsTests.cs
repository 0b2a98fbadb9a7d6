using Vigie.Text;

namespace Vigie.Tests.Text;

public sealed class StopWordsTests
{
    [Theory]
    [InlineData("the a an of to and is was were it this that you i we their with for it's 's 'll")]
    public void English_function_words_are_stop_words(string words) => Assert.All(words.Split(' '), word => Assert.True(StopWords.English.Contains(word), word));

    [Theory]
    [InlineData("not no nor never none nobody nothing neither without cannot can't don't won't isn't n't but too very so more less only should why")]
    [InlineData("flight luggage good bad thanks sorry The ")]
    public void English_words_that_turn_or_weigh_or_say_something_are_none(string words) =>
        Assert.All(words.Split(' '), word => Assert.False(StopWords.English.Contains(word), word));

    [Theory]
    [InlineData("le la les l' l un une des du de d' qu' que et est sont était je j' vous pour dans avec à où être")]
    public void French_function_words_are_stop_words(string words) => Assert.All(words.Split(' '), word => Assert.True(StopWords.French.Contains(word), word));

    [Theory]
    [InlineData("ne n' pas plus jamais rien aucun aucune personne ni non sans mais trop très moins vol perdu merci honte")]
    public void French_words_that_turn_or_weigh_or_say_something_are_none(string words) =>
        Assert.All(words.Split(' '), word => Assert.False(StopWords.French.Contains(word), word));

    [Fact]
    public void The_lists_hold_lower_case_words_without_spaces()
    {
        foreach (StopWords words in new[] { StopWords.English, StopWords.French })
        {
            Assert.InRange(words.Words.Count, 150, 500);
            Assert.All(words.Words, word => Assert.True(word.All(c => char.IsLower(c) || c is '\'' or '-') && word.IsNormalized(), word));
        }
    }
}
