using Vigie.Corpus;
using Vigie.Tweets;

namespace Vigie.Tests.Corpus;

public sealed class NoiseTests
{
    private static TweetContext Context(TweetLanguage language = TweetLanguage.English, Sentiment truth = Sentiment.Negative, bool sarcastic = false)
    {
        Grammar grammar = Grammar.Of(language);
        return new TweetContext(new Expansion(grammar, new Xoshiro256(11)), language, grammar.Topics.First(topic => topic.Name == "luggage"), truth, sarcastic);
    }

    private static List<string> Draw(INoise noise, string text, TweetContext? context = null, int count = 300)
    {
        context ??= Context();
        return [.. Enumerable.Range(0, count).Select(_ => noise.Apply(text, context))];
    }

    public static TheoryData<string> Steps => [.. NoiseChain.Everyday(1).Steps.Select(step => step.GetType().Name)];

    [Theory]
    [MemberData(nameof(Steps))]
    public void A_step_without_rate_leaves_the_text_alone(string name)
    {
        INoise step = NoiseChain.Everyday(0).Steps.Single(step => step.GetType().Name == name);
        const string text = "So late, my bag is lost & nobody answers. Réservé hier";

        Assert.All(Draw(step, text, Context(TweetLanguage.French)), roughened => Assert.Same(text, roughened));
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public void A_step_at_its_highest_rate_takes_any_text(string name)
    {
        INoise step = NoiseChain.Everyday(1000).Steps.Single(step => step.GetType().Name == name);

        foreach (string text in new[] { "", " ", "a", "@", "#", "https://t.co/x", "👩🏽‍✈️", "...", "@AirParadis #late https://t.co/abc &amp; x" })
            Assert.All(Draw(step, text, count: 50), Assert.NotNull);
    }

    [Fact]
    public void Slang_shortens_whole_words_only()
    {
        List<string> english = Draw(new SlangNoise(1), "please, you are late");
        List<string> french = Draw(new SlangNoise(1), "une réponse s'il vous plaît", Context(TweetLanguage.French));

        Assert.Contains("pls, ur late", english);
        Assert.Contains("une réponse svp", french);
        Assert.All(Draw(new SlangNoise(1), "youth flightless"), text => Assert.Equal("youth flightless", text));
    }

    [Fact]
    public void Elongation_holds_down_one_vowel()
    {
        List<string> drawn = Draw(new ElongationNoise(1), "so late");

        Assert.Contains(drawn, text => text.StartsWith("sooooo", StringComparison.Ordinal));
        Assert.All(drawn, text => Assert.Matches("^(so{3,} late|so la{3,}te)$", text));
        Assert.All(Draw(new ElongationNoise(1), "suitcase"), text => Assert.Equal("suitcase", text));
    }

    [Fact]
    public void Typos_swap_drop_double_or_miss_a_key_but_spare_the_first_letter_and_what_is_no_word()
    {
        const string text = "@AirParadis terrible #LostLuggage https://t.co/abcdefgh";
        List<string> drawn = Draw(new TypoNoise(1), text);

        Assert.All(drawn, roughened =>
        {
            string[] words = roughened.Split(' ');
            Assert.Equal(["@AirParadis", "#LostLuggage", "https://t.co/abcdefgh"], [words[0], words[2], words[3]]);
            Assert.StartsWith("t", words[1], StringComparison.Ordinal);
            Assert.InRange(words[1].Length, 7, 9);
        });
        foreach (string expected in new[] { "trerible", "terible", "teerrible" }) Assert.Contains(drawn, roughened => roughened.Contains(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(TweetLanguage.English, 'q', "w")]
    [InlineData(TweetLanguage.English, 'g', "fh")]
    [InlineData(TweetLanguage.French, 'a', "z")]
    [InlineData(TweetLanguage.French, 'M', "L")]
    [InlineData(TweetLanguage.French, 'é', "é")]
    public void A_missed_key_is_a_neighbour_on_the_keyboard_of_the_language(TweetLanguage language, char key, string neighbours)
    {
        TweetContext context = Context(language);

        Assert.Equal(neighbours, string.Concat(Enumerable.Range(0, 100).Select(_ => TypoNoise.Neighbour(key, context)).Distinct().Order()));
    }

    [Fact]
    public void Accents_go_all_together_and_in_French_only()
    {
        Assert.All(Draw(new AccentNoise(1), "Réservé à Noël, ça où", Context(TweetLanguage.French)), text => Assert.Equal("Reserve a Noel, ca ou", text));
        Assert.All(Draw(new AccentNoise(1), "café"), text => Assert.Equal("café", text));
        Assert.Equal(0.25, Draw(new AccentNoise(0.25), "é", Context(TweetLanguage.French), 4000).Count(text => text == "e") / 4000.0, 0.03);
    }

    [Fact]
    public void Case_is_lowered_raised_or_raised_in_one_word()
    {
        Assert.All(Draw(new CaseNoise(1, 0, 0), "My Bag @AirParadis"), text => Assert.Equal("my bag @AirParadis", text));
        Assert.All(Draw(new CaseNoise(0, 1, 0), "my bag #LostBag"), text => Assert.Equal("MY BAG #LostBag", text));
        Assert.Equal(["never LOST", "NEVER lost"], Draw(new CaseNoise(0, 0, 1), "never lost").Distinct().Order(StringComparer.InvariantCulture));
    }

    [Fact]
    public void Punctuation_is_dropped_or_heaped()
    {
        List<string> drawn = Draw(new PunctuationNoise(1), "late, again.");

        Assert.Contains("late, again", drawn);
        Assert.Contains("late again.", drawn);
        Assert.Contains("late, again!!!", drawn);
        Assert.Contains("why???", Draw(new PunctuationNoise(1), "why?"));
        Assert.Contains("trop tard !!!", Draw(new PunctuationNoise(1), "trop tard", Context(TweetLanguage.French), 1000));
    }

    [Fact]
    public void Emoji_lean_towards_the_mood_without_giving_it_away()
    {
        double Share(Sentiment truth, string sign) => Draw(new EmojiNoise(1, 0), "x", Context(truth: truth), 4000).Count(text => text.Contains(sign, StringComparison.Ordinal)) / 4000.0;

        Assert.InRange(Share(Sentiment.Negative, "😡"), 0.05, 1);
        Assert.Equal(0, Share(Sentiment.Positive, "😡"));
        Assert.Equal(Share(Sentiment.Negative, "😂"), Share(Sentiment.Positive, "😂"), 0.03);
        Assert.Contains(Draw(new EmojiNoise(0, 1), "x"), text => text == "x :(");
        Assert.Contains(Draw(new EmojiNoise(1, 0), "x", Context(sarcastic: true)), text => text.Contains("🙃", StringComparison.Ordinal));
    }

    [Fact]
    public void Hashtags_are_appended_or_made_of_a_word()
    {
        List<string> tagged = Draw(new HashtagNoise(1, 0), "late", count: 500);

        Assert.Contains("late #LostLuggage", tagged);
        Assert.Contains("late #lostluggage", tagged);
        Assert.All(tagged, text => Assert.Matches(@"^late( #\w+){1,2}$", text));
        Assert.All(Draw(new HashtagNoise(0, 1), "my luggage"), text => Assert.Equal("my #luggage", text));
    }

    [Fact]
    public void A_handle_is_put_in_front_where_none_is_named()
    {
        Assert.Contains("@AirParadis late", Draw(new HandleNoise(1), "late"));
        Assert.All(Draw(new HandleNoise(1), "late @NordWing"), text => Assert.Equal("late @NordWing", text));
    }

    [Fact]
    public void A_link_is_put_at_the_end() => Assert.All(Draw(new UrlNoise(1), "look"), text => Assert.Matches(@"^look https://t\.co/[A-Za-z0-9]{10}$", text));

    [Fact]
    public void Publishing_escapes_what_the_publisher_escapes() =>
        Assert.Equal("a &amp; b &lt;3 \"c\" &gt;:(", NoiseChain.Publish("a & b <3 \"c\" >:("));

    [Fact]
    public void Publishing_cuts_at_a_word_and_counts_entities()
    {
        string cut = NoiseChain.Publish(string.Join(' ', Enumerable.Repeat("this&that 👩🏽‍✈️", 40)));

        Assert.InRange(cut.Length, 250, NoiseChain.MaxLength);
        Assert.EndsWith("…", cut, StringComparison.Ordinal);
        Assert.DoesNotMatch("&[a-z]*…", cut);
        Assert.Equal(new string('x', 279) + "…", NoiseChain.Publish(new string('x', 400)));
        Assert.All(NoiseChain.Publish("x" + string.Concat(Enumerable.Repeat("👍", 300))).EnumerateRunes(), rune => Assert.NotEqual(0xFFFD, rune.Value));
    }
}
