using CsCheck;
using Vigie.Tweets;

namespace Vigie.Tests.Tweets;

public sealed class TweetWriterTests : IDisposable
{
    private const TweetColumns Every = TweetColumns.Rank | TweetColumns.Split | TweetColumns.Label | TweetColumns.Id | TweetColumns.CreatedAt | TweetColumns.Author;

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("t.csv")]
    [InlineData("t.csv.gz")]
    [InlineData("t.csv.zst")]
    [InlineData("t.jsonl")]
    [InlineData("t.ndjson.gz")]
    public void What_is_written_is_read_back(string name)
    {
        Gen<string> text = Gen.Char["ab ,;\"'\r\n\t&\\é€\0\u2028"].Array[0, 30].Select(letters => new string(letters));
        Gen<string?> optional = Gen.Char.AlphaNumeric.Array[0, 5].Select(letters => letters.Length == 0 ? null : new string(letters));
        Gen<Tweet> tweets = Gen.Select(
            text, optional, Gen.Int[0, 3], Gen.Int[0, 2], Gen.Long[0, 1L << 40], Gen.Int[-840, 840],
            (text, id, label, split, number, offset) => new Tweet(text)
            {
                Id = id,
                Author = id,
                Label = label == 3 ? null : (Sentiment)label,
                Split = (Split)split,
                Rank = number,
                CreatedAt = new DateTimeOffset(number * 1_000_000, TimeSpan.Zero).ToOffset(TimeSpan.FromMinutes(Math.Max(0, offset))),
            });
        tweets.Array[1, 20].Sample(
            rows =>
            {
                using (TweetWriter writer = TweetWriter.Create(folder[name], Every))
                {
                    foreach (Tweet tweet in rows) writer.Write(tweet);
                    writer.Complete();
                }

                using TweetReader reader = TweetReader.Open(folder[name]);
                Assert.Equal(rows, reader);
            },
            iter: 60, threads: 1);
    }

    [Fact]
    public void Canonical_csv_has_the_columns_that_there_are()
    {
        using (TweetWriter writer = TweetWriter.Create(folder["t.csv"], TweetColumns.Rank | TweetColumns.Label))
        {
            writer.Write(new Tweet("a, \"b\"") { Label = Sentiment.Positive, Rank = 3, Id = "left out" });
            writer.Write(new Tweet("c") { Rank = 4 });
            writer.Complete();
        }

        Assert.Equal("rank,label,text\n3,positive,\"a, \"\"b\"\"\"\n4,,c\n", File.ReadAllText(folder["t.csv"]));
    }

    [Fact]
    public void A_lone_surrogate_becomes_a_replacement_character_in_either_form()
    {
        foreach (string name in new[] { "t.csv", "t.jsonl" })
        {
            using (TweetWriter writer = TweetWriter.Create(folder[name], TweetColumns.None))
            {
                writer.Write(new Tweet("a\ud83d"));
                writer.Complete();
            }

            using TweetReader reader = TweetReader.Open(folder[name]);
            Assert.Equal("a\ufffd", Assert.Single(reader.ToList()).Text);
        }
    }

    [Fact]
    public void A_file_that_is_not_completed_leaves_no_trace()
    {
        folder.Write("t.csv.gz", "before");
        using (TweetWriter writer = TweetWriter.Create(folder["t.csv.gz"], TweetColumns.None)) writer.Write(new Tweet("half"));
        Assert.Equal("before", File.ReadAllText(folder["t.csv.gz"]));
        Assert.Single(Directory.GetFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData("t.txt")]
    [InlineData("t")]
    [InlineData("t.csv.zip")]
    public void A_name_says_the_form(string name) =>
        Assert.Contains(".csv or .jsonl", Assert.Throws<InvalidInputException>(() => TweetWriter.Create(folder[name], TweetColumns.None)).Message, StringComparison.Ordinal);

    [Fact]
    public void Import_rewrites_Sentiment140_and_keeps_the_texts()
    {
        string input = folder.Write(
            "raw.csv", [.. "\"4\",\"7\",\"Mon Apr 06 22:19:45 PDT 2009\",\"NO_QUERY\",\"me\",\"caf"u8, 0xe9, .. " &amp; th"u8, 0xe9, .. "\"\n"u8]);
        ImportReport report = TweetImport.Run(input, folder["deep/t.csv"]);
        Assert.Equal((1, TweetFormat.Sentiment140, "windows-1252"), (report.Rows, report.Shape.Format, report.Reading.Encoding));
        Assert.Equal("label,id,created_at,author,text\npositive,7,2009-04-06T22:19:45-07:00,me,café &amp; thé\n", File.ReadAllText(folder["deep/t.csv"]));
    }

    [Theory]
    [InlineData("text\na\nb,c\n", null, OnError.Stop, "row 2")]
    [InlineData("text\nb,c\n", null, OnError.Skip, "all 1 were malformed")]
    [InlineData("rank,text\n9,c\n", 5, OnError.Stop, "no row has a rank below 5")]
    public void A_failed_import_writes_nothing(string content, int? sample, OnError onError, string message)
    {
        string input = folder.Write("raw.csv", content);
        InvalidInputException error = Assert.ThrowsAny<InvalidInputException>(
            () => TweetImport.Run(input, folder["t.csv"], new TweetReaderOptions { Sample = sample, OnError = onError }));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal([input], Directory.GetFileSystemEntries(folder.Path));
    }
}
