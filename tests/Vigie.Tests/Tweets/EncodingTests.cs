using System.Text;
using Vigie.Tweets;

namespace Vigie.Tests.Tweets;

public sealed class EncodingTests : IDisposable
{
    private const string Text = "café – it’s 5 € 😀";

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    private (string Text, TweetReadReport Report) Read(byte[] content, Encoding? encoding = null)
    {
        using TweetReader reader = TweetReader.Open(folder.Write("t.csv", content), new TweetReaderOptions { Encoding = encoding });
        return (reader.Last().Text, reader.Report);
    }

    [Theory]
    [InlineData("utf-8", false, "utf-8")]
    [InlineData("utf-8", true, "utf-8")]
    [InlineData("utf-16", true, "utf-16")]
    [InlineData("utf-16BE", true, "utf-16")]
    public void Unicode_is_recognised(string name, bool mark, string reported)
    {
        Encoding encoding = Encoding.GetEncoding(name);
        (string text, TweetReadReport report) = Read([.. mark ? encoding.GetPreamble() : [], .. encoding.GetBytes($"text,label\n{Text},1\n")]);
        Assert.Equal((Text, reported), (text, report.Encoding));
    }

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_header_nor_of_json()
    {
        Assert.Equal("a", Read([.. Encoding.UTF8.Preamble, .. "\"text\",label\na,1\n"u8]).Text);
        Assert.Equal("a", Read([.. Encoding.UTF8.Preamble, .. "{\"text\":\"a\"}"u8]).Text);
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_windows_1252()
    {
        byte[] content = [.. "text,label\nna"u8, 0xef, .. "ve caf"u8, 0xe9, .. ": 5 "u8, 0x80, .. ",1\n"u8];
        (string text, TweetReadReport report) = Read(content);
        Assert.Equal(("naïve café: 5 €", "windows-1252"), (text, report.Encoding));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_first_field_beyond_ascii_decides_where_the_first_mebibyte_has_none(bool utf8)
    {
        var plain = new StringBuilder("text\n").Insert(5, "plain words in the usual number, and some more\n".Replace(",", "", StringComparison.Ordinal), 30_000);
        byte[] last = utf8 ? "café"u8.ToArray() : [.. "caf"u8, 0xe9];
        (string text, TweetReadReport report) = Read([.. Encoding.ASCII.GetBytes(plain.ToString()), .. last, (byte)'\n']);
        Assert.Equal(("café", utf8 ? "utf-8" : "windows-1252"), (text, report.Encoding));
    }

    [Fact]
    public void Published_Sentiment140_is_latin1_even_where_a_tweet_looks_like_utf8()
    {
        byte[] row = [.. "\"0\",\"1\",\"Mon Apr 06 22:19:45 PDT 2009\",\"NO_QUERY\",\"me\",\"caf"u8, 0xc3, 0xa9, .. "\"\n"u8];
        (string text, TweetReadReport report) = Read(row);
        Assert.Equal(("cafÃ©", "windows-1252", 1L), (text, report.Encoding, report.Mojibake));
        Assert.Equal("café", Read(row, Encoding.UTF8).Text);
    }

    [Fact]
    public void A_named_encoding_is_used_and_a_wide_one_refused()
    {
        Encoding greek = CodePagesEncodingProvider.Instance.GetEncoding("iso-8859-7")!;
        Assert.Equal("καλά", Read(greek.GetBytes("text\nκαλά\n"), greek).Text);
        Assert.Contains("utf-32", Assert.ThrowsAny<InvalidInputException>(() => Read("text\nx\n"u8.ToArray(), Encoding.UTF32)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_is_utf8_whatever_the_caller_says() =>
        Assert.Contains("JSON Lines are UTF-8", Assert.ThrowsAny<InvalidInputException>(() => Read("{\"text\":\"a\"}"u8.ToArray(), Encoding.Latin1)).Message, StringComparison.Ordinal);

    [Fact]
    public void Mojibake_is_reported_and_left_as_it_is()
    {
        string[] damaged = ["cafÃ©", "itâ€™s", "ðŸ˜€ yes", "Â£5", "lost ï¿½"];
        string[] sound = ["café", "it’s", "😀", "£5", "CAFÉ…", "AMANHÃ…", "Ãngela", "â la", "ð"];
        string path = folder.Write("t.csv", "text\n" + string.Join('\n', damaged.Concat(sound)) + "\nlost \ufffd\n");
        using TweetReader reader = TweetReader.Open(path);
        Assert.Equal([.. damaged, .. sound, "lost \ufffd"], reader.Select(tweet => tweet.Text));
        Assert.Equal((damaged.Length, 1L), (reader.Report.Mojibake, reader.Report.ReplacementCharacters));
        Assert.All(damaged, text => Assert.True(Mojibake.In(text), text));
        Assert.All(sound, text => Assert.False(Mojibake.In(text), text));
    }
}
