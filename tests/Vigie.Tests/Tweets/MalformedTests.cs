using System.Text;
using Vigie.Tweets;

namespace Vigie.Tests.Tweets;

public sealed class MalformedTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("label,text\n1,a\n0\n1,c\n", 2, 3, "2 columns", "1: '0'")]
    [InlineData("label,text\n1,a\n0,b,c\n", 2, 3, "2 columns", "3: '0,b,c'")]
    [InlineData("label,text\n1,\"a\n0,b\n", 1, 2, "a closing quote", "the end of the file after '\"a'")]
    [InlineData("label,text\n1,\"a\nb\"\n0,\"b\" c\n", 2, 4, "after the closing quote of column 2", "' c'")]
    [InlineData("label,text\n1,a\n0,b\nmaybe,c\n", 3, 4, "a label 0 or 1", "'maybe'")]
    [InlineData("rank,label,text\n0,1,a\n-1,0,b\n", 2, 3, "a rank of 0 or more", "'-1'")]
    [InlineData("split,label,text\ntrain,1,a\nx,0,b\n", 2, 3, "a split of train", "'x'")]
    [InlineData("{\"text\":\"a\"}\n{\"text\":\n", 2, 2, "a JSON object", "{\"text\":")]
    [InlineData("{\"text\":\"a\"}\n{\"txt\":\"b\"}\n", 2, 2, "a property 'text'", "{\"txt\"")]
    [InlineData("{\"text\":\"a\"}\n{\"text\":[1]}\n", 2, 2, "a string", "StartArray")]
    public void A_malformed_row_stops_with_file_row_expected_and_found(string content, long row, long line, string expected, string found)
    {
        string path = folder.Write("t", content);
        using TweetReader reader = TweetReader.Open(path);
        TweetFormatException error = Assert.Throws<TweetFormatException>(() => reader.ToList());
        Assert.Equal((path, row, line), (error.Path, error.Row, error.Line));
        Assert.Contains(expected, error.Expected, StringComparison.Ordinal);
        Assert.Contains(found, error.Found, StringComparison.Ordinal);
        Assert.StartsWith($"{path}: row {row} (line {line}): expected ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Skipping_counts_lists_and_goes_on_with_the_next_line()
    {
        string content = "label,text\n1,a\n0\n1,\"lone\n0,b\n1,\"two\nlines\"\nmaybe,c\n1,\"d\" x\n0,e\n";
        using TweetReader reader = TweetReader.Open(folder.Write("t.csv", content), new TweetReaderOptions { OnError = OnError.Skip, ListedErrors = 3 });
        Assert.Equal(["a", "b", "two\nlines", "e"], reader.Select(tweet => tweet.Text));
        TweetReadReport report = reader.Report;
        Assert.Equal((8, 4, 4), (report.Rows, report.Taken, report.Skipped));
        Assert.Equal([(2L, 3L), (3L, 4L), (6L, 8L)], report.SkippedRows.Select(row => (row.Row, row.Line)));
    }

    [Fact]
    public void An_invalid_byte_in_a_utf8_file_is_a_malformed_row()
    {
        byte[] content = [.. "label,text\n1,café\n0,naïve\n1,caf"u8, 0xe9, .. "\n0,x\n"u8];
        string path = folder.Write("t.csv", content);
        using TweetReader strict = TweetReader.Open(path);
        Assert.Equal(3, Assert.Throws<TweetFormatException>(() => strict.ToList()).Row);
        using TweetReader lenient = TweetReader.Open(path, new TweetReaderOptions { OnError = OnError.Skip });
        Assert.Equal(["café", "naïve", "x"], lenient.Select(tweet => tweet.Text));
        Assert.Contains("utf-8", Assert.Single(lenient.Report.SkippedRows).Expected, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData(" \n\r\n", "is empty")]
    [InlineData("label,text\n", "no rows, only a header")]
    [InlineData("a,b\n1,2\n", "no text column found; there are 'a', 'b'")]
    [InlineData("text,text\nx,y\n", "'text' is there twice")]
    [InlineData("[{\"text\":\"a\"}]", "JSON array")]
    [InlineData("label,text\nhappy,a\nsad,b\n", "column 'label': expected a label: negative/neutral/positive")]
    [InlineData("label,text\n0,a\n2,b\n", "labels of one scheme")]
    [InlineData("PAR1 label,text", "Parquet")]
    public void An_unusable_file_says_why(string content, string message)
    {
        string path = folder.Write("t", content);
        InvalidInputException error = Assert.ThrowsAny<InvalidInputException>(() => ReadAll(path));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_column_lists_those_there_are()
    {
        string path = folder.Write("t.csv", "id,words\n1,a\n");
        Assert.Contains("no column 'body' for the text; there are 'id', 'words'",
            Assert.ThrowsAny<InvalidInputException>(() => ReadAll(path, new TweetReaderOptions { TextColumn = "body" })).Message, StringComparison.Ordinal);
        Assert.Contains("no label column found; there are 'id', 'words'",
            Assert.ThrowsAny<InvalidInputException>(() => ReadAll(path, new TweetReaderOptions { TextColumn = "words", RequireLabels = true })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_an_absent_file_and_binary_junk_are_invalid_input()
    {
        Assert.Contains("is a folder", Assert.ThrowsAny<InvalidInputException>(() => ReadAll(folder.Path)).Message, StringComparison.Ordinal);
        Assert.Contains("no such file", Assert.ThrowsAny<InvalidInputException>(() => ReadAll(folder["absent.csv"])).Message, StringComparison.Ordinal);
        Assert.Contains("no such file", Assert.ThrowsAny<InvalidInputException>(() => ReadAll(folder["no/such/folder.csv"])).Message, StringComparison.Ordinal);
        string junk = folder.Write("junk", [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0, 0, 0, 10, 200, 201, 0, 0, 3]);
        Assert.Contains("binary file", Assert.ThrowsAny<InvalidInputException>(() => ReadAll(junk)).Message, StringComparison.Ordinal);
        string wide = folder.Write("wide.csv", Encoding.Unicode.GetBytes("label,text\n1,a\n"));
        Assert.Contains("UTF-16 without a byte order mark", Assert.ThrowsAny<InvalidInputException>(() => ReadAll(wide)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lone_quote_ends_within_the_longest_row_not_in_all_of_memory()
    {
        var content = new StringBuilder("label,text\n1,\"lone\n");
        string line = "0," + new string('x', 996) + "\n";
        for (int i = 0; i < 18_000; i++) content.Append(line);
        string path = folder.Write("t.csv", content.ToString());
        using TweetReader reader = TweetReader.Open(path, new TweetReaderOptions { OnError = OnError.Skip });
        Assert.Equal(18_000, reader.Count());
        Assert.Contains("16 MiB without one", Assert.Single(reader.Report.SkippedRows).Found, StringComparison.Ordinal);
    }

    [Fact]
    public void Cancelling_ends_the_reading()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        using TweetReader reader = TweetReader.Open(folder.Write("t.csv", "text\na\n"), cancellation: source.Token);
        Assert.Throws<OperationCanceledException>(() => reader.ToList());
    }

    private static void ReadAll(string path, TweetReaderOptions? options = null)
    {
        using TweetReader reader = TweetReader.Open(path, options);
        _ = reader.Count();
    }
}
