using Vigie.Networks;
using Vigie.Text;

namespace Vigie.Tests.Networks;

public class TokenVocabularyTests
{
    private static readonly TextPipeline Pipeline = new() { NegationScope = 3 };

    [Fact]
    public void Words_are_counted_as_people_see_them()
    {
        string[] texts = ["@air thanks thanks", "not good @air https://t.co/x", "good"];
        // The most frequent first, those that occur once in ordinal order.
        Assert.Equal(["<user>", "thanks", "<url>", "NOT_good", "good", "not"], TokenVocabulary.CountWords([.. texts, "@air"], Pipeline, 100, 1));
        Assert.Equal(["<user>", "thanks"], TokenVocabulary.CountWords([.. texts, "@air"], Pipeline, 100, 2));
        Assert.Equal(["<user>"], TokenVocabulary.CountWords([.. texts, "@air"], Pipeline, 1, 1));
    }

    [Fact]
    public void Texts_become_rows()
    {
        var vocabulary = new TokenVocabulary(Pipeline, ["good", "NOT_good", "not", "<user>"], maxLength: 3);
        TokenEncoder encoder = vocabulary.NewEncoder();
        encoder.Encode("@air not good at all");
        Assert.Equal([5, 4, 3], encoder.Ids.ToArray());
        Assert.Equal((5, 0, 3), (encoder.WordCount, encoder.UnknownCount, encoder.Steps));
        encoder.Encode("never good");
        Assert.Equal([TokenVocabulary.Unknown, 3], encoder.Ids.ToArray());
        encoder.Encode("");
        Assert.Equal([TokenVocabulary.Unknown], encoder.Ids.ToArray());
        Assert.Equal((0, 0), (encoder.WordCount, encoder.UnknownCount));

        EncodedTexts texts = vocabulary.Encode(["@air not good at all", "", "good"]);
        Assert.Equal([[5, 4, 3], [1], [2]], Enumerable.Range(0, 3).Select(i => texts[i].ToArray()));
        Assert.Equal((5, 6), (texts.TotalSteps, vocabulary.Rows));
    }

    [Fact]
    public void Pairs_share_rows_behind_the_words()
    {
        var vocabulary = new TokenVocabulary(Pipeline, ["a", "b", "c"], maxLength: 10, bigramBuckets: 1000);
        int[] ab = Ids("a b"), cb = Ids("c b"), abc = Ids("a b c");
        Assert.Equal((2, 1005), (vocabulary.Columns, vocabulary.Rows));
        Assert.Equal([2, 3], new[] { ab[0], ab[2] });
        Assert.All(new[] { ab[1], ab[3], cb[3] }, row => Assert.InRange(row, 5, 1004));
        Assert.NotEqual(ab[3], cb[3]);
        Assert.Equal(ab, abc[..4]);

        int[] Ids(string text)
        {
            TokenEncoder encoder = vocabulary.NewEncoder();
            encoder.Encode(text);
            return encoder.Ids.ToArray();
        }
    }

    [Fact]
    public void A_word_that_stands_twice_is_refused() =>
        Assert.Contains("'a'", Assert.Throws<InvalidInputException>(() => new TokenVocabulary(Pipeline, ["a", "b", "a"], 10)).Message);
}
