using Vigie.Text;

namespace Vigie.Tests.Text;

public sealed class TokenizerTests
{
    private static string Cut(string text, TextPipeline? pipeline = null) => string.Join('|', new Tokenizer(pipeline ?? new TextPipeline()).Tokenize(text));

    [Theory]
    [InlineData("", "")]
    [InlineData("   \t\n ", "")]
    [InlineData("@AirParadis my bag is LOST!!!!!", "<user>|my|bag|is|lost|!!!")]
    [InlineData("see http://t.co/x?a=1&b=2 and www.air.fr.", "see|<url>|and|<url>")]
    [InlineData("sooooo gooood", "soo|good")]
    [InlineData("1000 bags, 12:30 and 3.50", "1000|bags|,|12:30|and|3.50")]
    [InlineData("I don’t know", "i|don't|NOT_know")]
    [InlineData("never again on this plane, ever", "never|NOT_again|NOT_on|NOT_this|plane|,|ever")]
    [InlineData("not good but cheap", "not|NOT_good|but|cheap")]
    [InlineData("pas terrible", "pas|NOT_terrible")]
    [InlineData("never on time :(", "never|NOT_on|NOT_time|:(")]
    [InlineData("love it :-) ;( <3 ^_^ xD", "love|it|:-)|;(|<3|^_^|xD")]
    [InlineData("R&amp;B &lt;3 &eacute;t&eacute;", "r|&|b|<3|été")]
    [InlineData("so... what… ok.", "so|...|what|...|ok|.")]
    [InlineData("#LostBag @ 10", "#lostbag|@|10")]
    [InlineData("seat 8D, gate 8: fine 8-)", "seat|8d|,|gate|8|:|fine|8-)")]
    [InlineData("AT&T said &#65534; hello", "at|&|t|said|\ufffd|hello")]
    [InlineData("&a&#xFFFE;", "&|a|\ufffd")]
    [InlineData("great 👍🏽👍 ❤️ 👩‍✈️ 🇫🇷", "great|👍|👍|❤|👩‍✈|🇫🇷")]
    [InlineData("日本語 тест", "日本語|тест")]
    public void Tweets_are_cut_as_people_write_them(string text, string expected) => Assert.Equal(expected, Cut(text));

    [Fact]
    public void Composed_and_decomposed_letters_are_the_same_word() => Assert.Equal(Cut("caf\u00e9"), Cut("cafe\u0301"));

    [Fact]
    public void Broken_surrogates_become_replacement_characters()
    {
        Assert.Equal("a|\ufffd|b", Cut("a \ud800 b"));
        Assert.Equal("r|&|d|\ufffd|<3", Cut("R&D \ud83d &lt;3"));
    }

    [Theory]
    [InlineData(TermPolicy.Keep, "@me|at|http://a.b|in|2024")]
    [InlineData(TermPolicy.Placeholder, "<user>|at|<url>|in|<number>")]
    [InlineData(TermPolicy.Drop, "at|in")]
    public void Terms_follow_their_policy(TermPolicy policy, string expected) =>
        Assert.Equal(expected, Cut("@me at http://a.b in 2024", new TextPipeline { Urls = policy, Mentions = policy, Numbers = policy }));

    [Theory]
    [InlineData(HashtagPolicy.Keep, "ugh|#lostluggage")]
    [InlineData(HashtagPolicy.Split, "ugh|lost|luggage")]
    [InlineData(HashtagPolicy.Drop, "ugh")]
    public void Hashtags_follow_their_policy(HashtagPolicy policy, string expected) =>
        Assert.Equal(expected, Cut("ugh #LostLuggage", new TextPipeline { Hashtags = policy }));

    [Theory]
    [InlineData(WordForm.Surface, "flights|were|cancelled")]
    [InlineData(WordForm.Stem, "flight|were|cancel")]
    [InlineData(WordForm.Lemma, "flight|be|cancel")]
    public void Words_take_the_form_that_is_asked(WordForm form, string expected) => Assert.Equal(expected, Cut("Flights were cancelled", new TextPipeline { Form = form }));

    [Fact]
    public void Stop_words_go_and_negations_stay() =>
        Assert.Equal("not|NOT_happy", Cut("I am not happy", new TextPipeline { StopWords = StopWordLanguage.English }));

    [Fact]
    public void Punctuation_and_faces_can_be_left_out() =>
        Assert.Equal("well|done", Cut("well, done! :) 👍", new TextPipeline { Punctuation = false, Emoticons = false }));

    [Fact]
    public void Scikit_learn_s_tokens_are_runs_of_two_or_more_word_characters() =>
        Assert.Equal("it|10|aa_b|été|हन", Cut("It's a 10! aa_b é x été \ud835\udc9c हन\u094d", TextPipeline.ScikitLearn));

    [Fact]
    public void A_bare_ampersand_leaves_the_words_behind_it_in_their_places()
    {
        var buffer = new TokenBuffer();
        const string text = "Q&A was bad &lt;3";
        new Tokenizer(new TextPipeline()).Tokenize(text, buffer);
        Assert.Equal(["Q", "&", "A", "was", "bad", "&lt;3"], buffer.Tokens.ToArray().Select(token => text[token.SourceStart..token.SourceEnd]));
    }

    [Fact]
    public void Towers_of_combining_marks_take_time_in_proportion()
    {
        string tower = "a" + string.Concat(Enumerable.Repeat("\u0301\u0323", 200_000));
        var watch = System.Diagnostics.Stopwatch.StartNew();
        new Tokenizer(new TextPipeline()).Tokenize(tower);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"{watch.Elapsed} for {tower.Length} characters; sorting them all at once takes minutes");
    }

    [Theory]
    [InlineData(-1, 3, true, WordForm.Surface)]
    [InlineData(2, -1, true, WordForm.Surface)]
    [InlineData(2, 3, false, WordForm.Stem)]
    public void Settings_that_cannot_be_are_refused(int maxRun, int scope, bool lowercase, WordForm form) =>
        Assert.Throws<InvalidInputException>(() => new Tokenizer(new TextPipeline { MaxRun = maxRun, NegationScope = scope, Lowercase = lowercase, Form = form }));

    [Theory]
    [InlineData("I LOVE caf&eacute; @you \ud83d\udc4d http://x.y")]
    [InlineData("cafe\u0301 &amp; bar")]
    public void Every_token_knows_its_place_in_the_original(string text)
    {
        var buffer = new TokenBuffer();
        new Tokenizer(new TextPipeline { HtmlEntities = true, Urls = TermPolicy.Keep, Mentions = TermPolicy.Keep }).Tokenize(text, buffer);
        int behind = 0;
        foreach (Token token in buffer.Tokens)
        {
            Assert.InRange(token.SourceStart, behind, text.Length - 1);
            Assert.InRange(token.SourceEnd, token.SourceStart + 1, text.Length);
            Assert.Equal(buffer.Chars[token.Start], char.ToLowerInvariant(text[token.SourceStart]));
            behind = token.SourceEnd;
        }
        Assert.Equal(text.TrimEnd().Length, behind);
    }
}
