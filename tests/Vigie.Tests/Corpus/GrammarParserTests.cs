using Vigie.Corpus;

namespace Vigie.Tests.Corpus;

public sealed class GrammarParserTests
{
    private static Grammar Parse(string text, TweetLanguage language = TweetLanguage.English)
    {
        var parser = new GrammarParser();
        parser.Read("test.grammar", text);
        return parser.Build(language);
    }

    private static List<string> Draw(string text, int count = 300, TweetLanguage language = TweetLanguage.English)
    {
        var expansion = new Expansion(Parse(text, language), new Xoshiro256(1));
        return [.. Enumerable.Range(0, count).Select(_ => expansion.Expand("start"))];
    }

    [Fact]
    public void A_rule_draws_each_of_its_productions() =>
        Assert.Equal(["one", "three", "two"], Draw("rule start\n  one\n  two\n  three\n").Distinct().Order());

    [Fact]
    public void A_weight_multiplies_the_share_of_a_production()
    {
        double share = Draw("rule start\n  *3 often\n  seldom\n", 4000).Count(text => text == "often") / 4000.0;

        Assert.Equal(0.75, share, 0.03);
    }

    [Fact]
    public void Choices_nest_and_may_be_empty() =>
        Assert.Equal(["a", "a b", "a b c"], Draw("rule start\n  a {b {c|}|}\n").Distinct().Order());

    [Fact]
    public void References_draw_from_other_rules_wherever_they_stand() =>
        Assert.Equal(["to Oslo", "to Rome"], Draw("rule start\n  to <city>\nrule city\n  Rome\n  Oslo\n").Distinct().Order());

    [Fact]
    public void Ranges_hold_both_ends_and_keep_the_step() =>
        Assert.Equal(["10", "15", "20"], Draw("rule start\n  <10..20/5>\n").Distinct().Order());

    [Fact]
    public void A_variable_repeats_the_very_words_that_were_drawn() =>
        Assert.Equal(["Oslo, only Oslo", "Rome, only Rome"], Draw("rule start\n  <c=city>, only <c>\nrule city\n  Rome\n  Oslo\n").Distinct().Order());

    [Fact]
    public void Forms_agree_with_a_noun_that_comes_later() =>
        Assert.Equal(["was lost the bag", "were lost the skis"], Draw("rule start\n  [n:was|were] lost <n=thing>\nrule thing\n  the bag ~s\n  the skis ~p\n").Distinct().Order());

    [Fact]
    public void Four_forms_agree_in_gender_and_number() =>
        Assert.Equal(
            ["la valise perdue", "le sac perdu", "les sacs perdus", "les valises perdues"],
            Draw("rule start\n  <n=chose> [n:perdu|perdue|perdus|perdues]\nrule chose\n  le sac ~m\n  la valise ~f\n  les sacs ~mp\n  les valises ~fp\n", language: TweetLanguage.French).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void A_backslash_keeps_a_sign_as_it_is() => Assert.Equal(["i \\<3 {you}".Replace("\\", "")], Draw("rule start\n  i \\<3 \\{you\\}\n").Distinct());

    [Fact]
    public void A_slot_is_filled_by_the_caller()
    {
        var expansion = new Expansion(Parse("rule start\n  so <$what>\nrule thing\n  nice\n"), new Xoshiro256(1));
        Assert.Throws<InvalidOperationException>(() => expansion.Expand("start"));
        expansion["what"] = Parse("rule x\n  good\n")["x"];

        Assert.Equal("so good", expansion.Expand("start"));
    }

    [Theory]
    [InlineData("rule start\n  to <nowhere>", "test.grammar:2", "no rule is named 'nowhere'")]
    [InlineData("  orphan", "test.grammar:1", "before the first header")]
    [InlineData("rule start\n  a {b", "test.grammar:2", "'{' is not closed")]
    [InlineData("rule start\n  a <b", "test.grammar:2", "'<' is not closed")]
    [InlineData("rule start\n  [n:a|b]", "test.grammar:2", "names no variable")]
    [InlineData("rule start\n  <n=start> [n:a]", "test.grammar:2", "has 1 forms")]
    [InlineData("rule start\n  <9..3>", "test.grammar:2", "is empty")]
    [InlineData("rule start\n  a ~x", "test.grammar:2", "'~x'")]
    [InlineData("rule start\n  *many a", "test.grammar:2", "'many' is not a weight")]
    [InlineData("rule start\n  a\nrule start\n  b", "test.grammar:3", "written twice")]
    [InlineData("rules start\n  a", "test.grammar:1", "expected 'rule NAME'")]
    [InlineData("topic delay 1 2 3\nnegative\n  late", "test.grammar:1", "has no section 'neutral'")]
    [InlineData("rule start\n  <start>", "start", "reaches itself")]
    [InlineData("rule start", "start", "no production")]
    public void A_mistake_is_named_with_its_place(string text, string place, string problem)
    {
        GrammarFormatException thrown = Assert.Throws<GrammarFormatException>(() => Parse(text));

        Assert.Contains(place, thrown.Message, StringComparison.Ordinal);
        Assert.Contains(problem, thrown.Message, StringComparison.Ordinal);
    }
}
