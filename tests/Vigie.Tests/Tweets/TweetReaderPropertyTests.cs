using System.Data;
using System.Text;
using CsCheck;
using Sylvan.Data.Csv;
using Vigie.Tweets;

namespace Vigie.Tests.Tweets;

public sealed class TweetReaderPropertyTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    // Whatever another writer quotes and escapes by RFC 4180 comes back as it was.
    [Fact]
    public void What_another_CSV_writer_wrote_is_read_back()
    {
        Gen<string> text = Gen.OneOf(Gen.Char["abc ,;\t\"'\r\n&é€"].Array[1, 40], Gen.Char.Array[1, 20]).Select(Sound);
        Gen.Select(text, Gen.Int[0, 1]).Array[1, 30].Sample(
            rows =>
            {
                using var table = new DataTable();
                table.Columns.Add("text", typeof(string));
                table.Columns.Add("label", typeof(int));
                foreach ((string written, int label) in rows) table.Rows.Add(written, label);
                using var csv = new StringWriter();
                using (CsvDataWriter writer = CsvDataWriter.Create(csv, new CsvDataWriterOptions { NewLine = "\n" })) writer.Write(table.CreateDataReader());
                using TweetReader reader = TweetReader.Open(folder.Write("t.csv", csv.ToString()));
                Assert.Equal(rows.Select(row => (row.Item1, row.Item2 == 1)), reader.Select(tweet => (tweet.Text, tweet.Label == Sentiment.Positive)));
            },
            iter: 300, threads: 1);
    }

    [Fact]
    public void Random_bytes_are_read_or_refused_never_crashed_on()
    {
        Gen<byte[]> pieces = Gen.OneOf(
            Pick("text,label\n"u8.ToArray(), "\"0\",\"1\",\"Mon Apr 06 22:19:45 PDT 2009\",\"q\",\"u\",\""u8.ToArray(), "{\"text\":\""u8.ToArray(), "\""u8.ToArray(),
                "\"\n"u8.ToArray(), "\",1\n"u8.ToArray(), ",1\n"u8.ToArray(), "\r\n"u8.ToArray(), [0], [0xff, 0xfe], [0xef, 0xbb, 0xbf], [0x1f, 0x8b, 8, 0],
                [0x28, 0xb5, 0x2f, 0xfd], "PK\u0003\u0004"u8.ToArray(), "}\n"u8.ToArray(), "\t"u8.ToArray()),
            Gen.Byte.Array[0, 20]);
        pieces.Array[0, 12].Select(parts => parts.SelectMany(part => part).ToArray()).Sample(
            bytes =>
            {
                string path = folder.Write("t", bytes);
                foreach (OnError onError in Enum.GetValues<OnError>())
                {
                    try
                    {
                        using TweetReader reader = TweetReader.Open(path, new TweetReaderOptions { OnError = onError });
                        Assert.All(reader, tweet => Assert.NotNull(tweet.Text));
                    }
                    catch (InvalidInputException error)
                    {
                        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
                    }
                }
            },
            iter: 3000, threads: 1);
    }

    [Fact]
    public void Skipping_never_loses_a_good_row()
    {
        Gen<string> line = Gen.OneOf(Gen.Const("1,good"), Pick("1", "0,a,b", "2x,c", "1,\"q\"r", "\"\"\"\"\"x,d", "1,\"e\",", "nought,\"f\""));
        line.Array[1, 25].Sample(
            lines =>
            {
                string content = "label,text\n0,first\n1,second\n" + string.Join('\n', lines);
                using TweetReader reader = TweetReader.Open(folder.Write("t.csv", content), new TweetReaderOptions { OnError = OnError.Skip });
                Assert.Equal(lines.Count(text => text == "1,good"), reader.Count(tweet => tweet.Text == "good"));
                Assert.Equal(lines.Count(text => text != "1,good"), reader.Report.Skipped);
            },
            iter: 300, threads: 1);
    }

    private static Gen<T> Pick<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    // A text of random UTF-16 units, lone surrogates made U+FFFD as any UTF-8 writer makes them.
    private static string Sound(char[] chars) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(chars));
}
