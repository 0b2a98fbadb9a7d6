using System.Text.RegularExpressions;
using Vigie.Corpus;

namespace Vigie.Tests.Corpus;

public sealed class GrammarTests
{
    public static TheoryData<TweetLanguage> Languages => [TweetLanguage.English, TweetLanguage.French];

    private static HashSet<GrammarRule> Reachable(Grammar grammar)
    {
        // What the writer and the noise steps ask for by name; everything else must follow from these.
        string[] roots =
        [
            "frame.negative", "frame.neutral", "frame.positive", "frame.sarcastic", "frame.buzz", "comment.negative", "comment.neutral", "comment.positive",
            "buzztag", "hashtag", "handle", .. from kind in new[] { "emoji", "emoticon" } from mood in new[] { "negative", "positive", "any", "sarcastic" } select $"{kind}.{mood}",
            .. from topic in grammar.Topics from section in Topic.Sections select topic.Rule(section),
        ];
        var seen = new HashSet<GrammarRule>();
        var open = new Queue<GrammarRule>(roots.Select(root => grammar[root]));
        while (open.TryDequeue(out GrammarRule? rule))
        {
            if (!seen.Add(rule)) continue;
            foreach (GrammarRule next in GrammarParser.References(rule.Body)) open.Enqueue(next);
        }

        return seen;
    }

    [Fact]
    public void Both_languages_speak_of_the_same_topics()
    {
        Assert.Equal(Grammar.Of(TweetLanguage.English).Topics.Select(topic => topic.Name), Grammar.Of(TweetLanguage.French).Topics.Select(topic => topic.Name));
        Assert.Equal(CorpusGenerator.Topics, Grammar.Of(TweetLanguage.French).Topics.Select(topic => topic.Name));
        Assert.True(CorpusGenerator.Topics.Count >= 35, $"{CorpusGenerator.Topics.Count} topics");
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void A_language_knows_hundreds_of_situations(TweetLanguage language)
    {
        Grammar grammar = Grammar.Of(language);
        int Count(string section) => grammar.Topics.Sum(topic => grammar[topic.Rule(section)].Body.Branches.Length);

        Assert.InRange(Count("negative"), 150, int.MaxValue);
        Assert.InRange(Count("positive"), 120, int.MaxValue);
        Assert.InRange(Count("neutral"), 100, int.MaxValue);
        Assert.InRange(Count("sarcastic"), 60, int.MaxValue);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void No_rule_is_written_in_vain(TweetLanguage language)
    {
        Grammar grammar = Grammar.Of(language);
        // 'rival' and 'flight' are shared; a language may do without one, but both use them today.
        Assert.Empty(grammar.Rules.Except(Reachable(grammar)).Select(rule => rule.Name));
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void Every_situation_comes_out_as_a_clean_sentence(TweetLanguage language)
    {
        Grammar grammar = Grammar.Of(language);
        var expansion = new Expansion(grammar, new Xoshiro256(3));
        foreach (Topic topic in grammar.Topics)
        {
            foreach (string section in Topic.Sections)
            {
                for (int i = 0; i < 40; i++)
                {
                    string text = expansion.Expand(topic.Rule(section));
                    Assert.False(string.IsNullOrWhiteSpace(text), topic.Rule(section));
                    Assert.DoesNotMatch(@"[<>{}\[\]|~\\]|  | ,|^\s|\s$|^,|,,", text);
                    Assert.InRange(text.Length, 2, 180);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void A_tag_is_one_hashtag(TweetLanguage language)
    {
        Grammar grammar = Grammar.Of(language);
        var expansion = new Expansion(grammar, new Xoshiro256(4));
        foreach (string rule in grammar.Topics.Select(topic => topic.Rule("tag")).Append("hashtag"))
            for (int i = 0; i < 30; i++) Assert.Matches(new Regex(@"^#\w+$"), expansion.Expand(rule));
    }

    [Fact]
    public void Emoji_include_skin_tones_and_joined_sequences()
    {
        var expansion = new Expansion(Grammar.Of(TweetLanguage.English), new Xoshiro256(5));
        string signs = string.Concat(Enumerable.Range(0, 500).Select(i => expansion.Expand(i % 2 == 0 ? "emoji.negative" : "emoji.positive")));

        Assert.Contains("\u200D", signs, StringComparison.Ordinal); // zero-width joiner
        Assert.Contains("\U0001F3FD", signs, StringComparison.Ordinal); // medium skin tone
    }
}
