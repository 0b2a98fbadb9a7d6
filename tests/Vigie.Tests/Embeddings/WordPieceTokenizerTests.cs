using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Vigie.Embeddings;
using Vigie.Tests.Tweets;
using Vigie.Tweets;

namespace Vigie.Tests.Embeddings;

public sealed class WordPieceTokenizerTests
{
    private static readonly string[] Vocabulary =
        ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "un", "##aff", "##able", "cafe", "café", "Café", "!", "$", "##!", "航", "空", "late", "##r", "😀", "##😀", "a", "##a", "'", "##"];

    private static readonly WordPieceTokenizer Uncased = new(Vocabulary), Cased = new(Vocabulary, lowercase: false);

    private static string Read(WordPieceTokenizer tokenizer, string text) => string.Join(' ', tokenizer.Encode(text)[1..^1].Select(id => Vocabulary[id]));

    [Theory]
    [InlineData("unaffable", "un ##aff ##able")]
    [InlineData("UNAFFABLE!", "un ##aff ##able !")]
    [InlineData("Café cafe\u0301 CAFÉ", "cafe cafe cafe")] // accents fall away, composed or not
    [InlineData("航空late", "航 空 late")]
    [InlineData("later'a", "late ##r ' a")]
    [InlineData("a$a", "a $ a")]
    [InlineData("unxyz later", "[UNK] late ##r")] // one unknown piece spoils the word
    [InlineData("😀😀", "😀 ##😀")]
    [InlineData("😁", "[UNK]")]
    [InlineData("l\u200Bate\u0000\uFFFD", "late")] // format and control characters fall away
    [InlineData("a\u00A0a\u2003a\ta\u2028a", "a a a a a")]
    [InlineData("[SEP]", "[UNK] [UNK] [UNK]")] // names of special tokens are text: '[', 'sep', ']'
    [InlineData("##", "[UNK] [UNK]")]
    [InlineData("", "")]
    [InlineData("\uD83D", "")] // half a pair
    public void A_text_is_cut_into_the_longest_pieces(string text, string pieces) => Assert.Equal(pieces, Read(Uncased, text));

    [Theory]
    [InlineData("Café", "Café")]
    [InlineData("café", "café")]
    [InlineData("LATE", "[UNK]")]
    public void A_cased_model_keeps_case_and_accents(string text, string pieces) => Assert.Equal(pieces, Read(Cased, text));

    [Fact]
    public void A_text_stands_between_its_marks_and_is_cut_at_the_length_wanted()
    {
        Assert.Equal([2, 19, 19, 3], Uncased.Encode("a a"));
        Assert.Equal([2, 3], Uncased.Encode("a a", 2));
        Assert.Equal([2, 4, 5, 3], Uncased.Encode("unaffable", 4));
        Assert.Equal(512, Uncased.Encode(string.Concat(Enumerable.Repeat("a ", 2_000))).Length);
        Assert.Equal("a" + string.Concat(Enumerable.Repeat(" ##a", 99)), Read(Uncased, new string('a', 100)));
        Assert.Equal("[UNK]", Read(Uncased, new string('a', 101)));
    }

    [Fact]
    public void A_vocabulary_without_the_special_tokens_is_refused()
    {
        Assert.Contains("no [SEP]", Assert.Throws<InvalidInputException>(() => new WordPieceTokenizer(["[PAD]", "[UNK]", "[CLS]", "a"])).Message, StringComparison.Ordinal);
        Assert.Contains("'a' twice", Assert.Throws<InvalidInputException>(() => new WordPieceTokenizer([.. Vocabulary, "a"])).Message, StringComparison.Ordinal);
        using var folder = new TempFolder();
        string path = folder.Write("vocab.txt", "a\nb\n");
        Assert.StartsWith(path, Assert.Throws<InvalidInputException>(() => WordPieceTokenizer.Read(path)).Message, StringComparison.Ordinal);
    }

    // The digest of what a plain transcription of BERT's rules in another language, with Unicode tables of its own, makes of the same texts.
    [Fact]
    public void Tweets_and_naughty_texts_are_cut_as_BERT_cuts_them()
    {
        var tokenizer = WordPieceTokenizer.Read(SharedData.Path("data/bert-base-uncased-vocab.txt"));
        string[] naughty = JsonSerializer.Deserialize<string[]>(File.ReadAllText(SharedData.Path("data/naughty-strings.json")))!;
        string[] tweets = LabelledTweets.Read(SharedData.Path("data/tweeteval-val.csv")).All.Texts;
        string lines = string.Concat(naughty.Concat(tweets).Select(text => string.Join(' ', tokenizer.Encode(text)) + "\n"));
        Assert.Equal(68_538, lines.Count(c => c is ' ' or '\n'));
        Assert.Equal("7d104a5da4f206eb7c35491def0f7eca2e3c655f17cbb8a1c6da5fda2201a671", Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(lines))));
    }
}
