using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Vigie.Embeddings;
using Vigie.Tests.Tweets;
using Vigie.Tweets;
using ZstdSharp;

namespace Vigie.Tests.Embeddings;

public sealed class WordVectorFileTests : IDisposable
{
    private const string Glove = "the 0.418 -0.5 1e-3\n, 0.25 .5 -0\ncafé 6.5e-05 1 2\n. . . 1 2 3\n1998 4 5 6\n";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private LoadedWordVectors Read(string content, WordVectorReading? reading = null) => WordVectorFile.Read(_folder.Write("v", content), reading);

    private LoadedWordVectors Read(byte[] content, WordVectorReading? reading = null) => WordVectorFile.Read(_folder.Write("v", content), reading);

    private static byte[] Binary(string header, bool lineFeeds, params (string Word, float[] Vector)[] rows)
    {
        var bytes = new List<byte>(Encoding.UTF8.GetBytes(header + "\n"));
        foreach ((string word, float[] vector) in rows)
        {
            bytes.AddRange(Encoding.UTF8.GetBytes(word + " "));
            foreach (float number in vector) bytes.AddRange(BitConverter.GetBytes(number));
            if (lineFeeds) bytes.Add((byte)'\n');
        }

        return [.. bytes];
    }

    private static readonly (string, float[])[] Rows = [("the", [0.418f, -0.5f]), ("café", [1e-30f, 3]), ("b", [float.MaxValue, -0f])];

    [Fact]
    public void GloVe_is_read_with_words_of_several_parts_and_numbers()
    {
        LoadedWordVectors loaded = Read(Glove);
        Assert.Equal((WordVectorFormat.Glove, 5, 0, 0, 0), (loaded.Format, loaded.WordsRead, loaded.Duplicates, loaded.DamagedWords, loaded.Skipped));
        Assert.Equal(["the", ",", "café", ". . .", "1998"], loaded.Vectors.Words);
        Assert.Equal([0.418f, -0.5f, 1e-3f, 0.25f, 0.5f, -0f, 6.5e-05f, 1, 2, 1, 2, 3, 4, 5, 6], loaded.Vectors.All);
    }

    [Theory]
    [InlineData("2 3\na 1 2 3\nb 4 5 6\n")]
    [InlineData("2 3\na 1 2 3 \nb 4 5 6 \n")] // word2vec and fastText end lines with a blank
    [InlineData("2 3\r\na 1 2 3\r\nb 4 5 6")]
    [InlineData("\uFEFF2\t3\na\t1\t2\t3\nb  4 5  6\n\n \n")]
    public void Word2vec_text_is_read_however_its_lines_end(string content)
    {
        LoadedWordVectors loaded = Read(content);
        Assert.Equal(WordVectorFormat.Word2VecText, loaded.Format);
        Assert.Equal(["a", "b"], loaded.Vectors.Words);
        Assert.Equal([1, 2, 3, 4, 5, 6], loaded.Vectors.All);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Word2vec_binary_is_read_with_and_without_line_feeds(bool lineFeeds)
    {
        LoadedWordVectors loaded = Read(Binary("3 2", lineFeeds, Rows));
        Assert.Equal(WordVectorFormat.Word2VecBinary, loaded.Format);
        Assert.Equal(["the", "café", "b"], loaded.Vectors.Words);
        Assert.Equal([0.418f, -0.5f, 1e-30f, 3, float.MaxValue, -0f], loaded.Vectors.All);
    }

    // Floats whose bytes are digits, blanks and line feeds look like text: 0x0A, 0x20 and 0x31 alone.
    [Fact]
    public void Binary_numbers_whose_bytes_are_line_feeds_and_blanks_are_no_text()
    {
        float odd = BitConverter.Int32BitsToSingle(0x0A200A20), digit = BitConverter.Int32BitsToSingle(0x31003131);
        LoadedWordVectors loaded = Read(Binary("2 2", false, ("a", [odd, digit]), ("b", [digit, odd])));
        Assert.Equal(WordVectorFormat.Word2VecBinary, loaded.Format);
        Assert.Equal([odd, digit, digit, odd], loaded.Vectors.All);
    }

    [Fact]
    public void Packed_files_are_known_by_their_content()
    {
        foreach (byte[] content in new[] { Encoding.UTF8.GetBytes(Glove), Binary("3 2", true, Rows) })
        {
            float[] expected = Read(content).Vectors.All.ToArray();
            using var gzip = new MemoryStream();
            using (var packer = new GZipStream(gzip, CompressionMode.Compress)) packer.Write(content);
            using var zstandard = new MemoryStream();
            using (var packer = new CompressionStream(zstandard)) packer.Write(content);
            using var zip = new MemoryStream();
            using (var archive = new ZipArchive(zip, ZipArchiveMode.Create))
            using (Stream entry = archive.CreateEntry("vectors").Open())
                entry.Write(content);
            foreach (byte[] packed in new[] { gzip.ToArray(), zstandard.ToArray(), zip.ToArray() }) Assert.Equal(expected, Read(packed).Vectors.All.ToArray());
            InvalidInputException cut = Assert.Throws<InvalidInputException>(() => Read(gzip.ToArray()[..^9]));
            Assert.Contains("cut off", cut.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Only_wanted_words_are_kept_in_the_order_of_the_file()
    {
        foreach (byte[] content in new[] { Encoding.UTF8.GetBytes(Glove.Replace(". . .", "b", StringComparison.Ordinal)), Binary("3 2", true, Rows) })
        {
            LoadedWordVectors loaded = Read(content, WordVectorReading.Of(["b", "café", "absent"]));
            Assert.Equal(["café", "b"], loaded.Vectors.Words);
            Assert.Equal(Read(content).WordsRead, loaded.WordsRead);
            Assert.Equal(["the", "café"], Read(content, new WordVectorReading { MaxWords = 2, Keep = word => word is not "," }).Vectors.Words);
            InvalidInputException none = Assert.Throws<InvalidInputException>(() => Read(content, WordVectorReading.Of(["absent"])));
            Assert.Contains("none of the wanted words", none.Message, StringComparison.Ordinal);
        }

        Assert.Throws<InvalidInputException>(() => Read(Glove, new WordVectorReading { MaxWords = 0 }));
    }

    [Fact]
    public void The_first_of_several_vectors_counts()
    {
        LoadedWordVectors text = Read("a 1 2\nb 3 4\na 5 6\na 7 8\n");
        Assert.Equal((2L, 4L), (text.Duplicates, text.WordsRead));
        Assert.Equal([1, 2, 3, 4], text.Vectors.All);
        LoadedWordVectors binary = Read(Binary("3 1", false, ("a", [1]), ("a", [2]), ("b", [3])));
        Assert.Equal((1L, "a b"), (binary.Duplicates, string.Join(' ', binary.Vectors.Words)));
        // A word that is not wanted has no duplicates.
        Assert.Equal(0, Read("a 1 2\nb 3 4\na 5 6\n", WordVectorReading.Of(["b"])).Duplicates);
    }

    [Fact]
    public void Words_that_are_cut_within_a_letter_are_kept_and_counted()
    {
        LoadedWordVectors loaded = Read([.. "1 2\ncaf"u8, 0xC3, .. " 1 2\n"u8]);
        Assert.Equal((1L, "caf\uFFFD"), (loaded.DamagedWords, loaded.Vectors.Words[0]));
        Assert.Equal(0, Read("caf\uFFFD 1 2\n").DamagedWords);
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("a 1 2\nb 1\n", "line 2: expected a word and 2 numbers, found 1 numbers: 'b 1'")]
    [InlineData("a 1 2\nb 1 2 3\n", "line 2: expected a word and 2 numbers, found more numbers: 'b 1 2 3'")]
    [InlineData("a 1 2\n 1 2\n", "line 2: expected a word and 2 numbers, found 2 numbers and no word")]
    [InlineData("a 1 2\nb 1 x\n", "line 2: expected a word and 2 numbers, found 'x' as number 2, which is no finite number")]
    [InlineData("a 1 2\nb nan 1\n", "line 2: expected a word and 2 numbers, found 'nan' as number 1")]
    [InlineData("a 1 2\nb 1e99 1\n", "'1e99' as number 1")]
    [InlineData("a 1 2\n\nb 1 2\n", "line 2: expected a word and 2 numbers, found an empty line")]
    [InlineData("only words here\n", "line 1: expected a word and its numbers")]
    [InlineData("3 2\na 1 2\nb 1 2\n", "line 3: the first line promises 3 words, and the file ends after 2: cut off?")]
    [InlineData("1 2\na 1 2\nb 1 2\n", "line 3: the first line promises 1 words, and more follow")]
    [InlineData("2 3\na 1 2\nb 1 2\n", "line 2: expected a word and 3 numbers, found 2 numbers")]
    [InlineData("2 1\na 1 2\nb 1 2\n", "line 2: expected a word and 1 numbers, found more numbers")]
    [InlineData("99999999999999999999 2\na 1 2\n", "line 1: expected the number of words, 1 to 2147483647, found '99999999999999999999'")]
    [InlineData("0 2\n", "line 1: expected the number of words")]
    [InlineData("2 4000000\na 1 2\n", "line 1: expected the length of the vectors, 1 to 65536, found '4000000'")]
    [InlineData("2 0\na\n", "line 1: expected the length of the vectors")]
    [InlineData("2147483647 65536\na 1 2\n", "line 2: expected a word and 65536 numbers, found 2 numbers")]
    public void What_is_wrong_with_a_text_file_is_said_with_its_line(string content, string problem)
    {
        string path = _folder.Write("v", content);
        InvalidInputException refused = Assert.Throws<InvalidInputException>(() => WordVectorFile.Read(path));
        Assert.StartsWith(path + ": ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
    }

    // Lines of words that nobody wants are counted, too: half a file must not pass for a whole one.
    [Fact]
    public void A_short_line_of_an_unwanted_word_is_found() =>
        Assert.Contains("line 2", Assert.Throws<InvalidInputException>(() => Read("a 1 2\nb 1\n", WordVectorReading.Of(["a"]))).Message, StringComparison.Ordinal);

    [Fact]
    public void Malformed_lines_can_be_skipped_and_are_counted()
    {
        LoadedWordVectors loaded = Read("a 1 2\nb 1\n\nc 3 x\nc 3 4\n", new WordVectorReading { OnError = OnError.Skip });
        Assert.Equal((3L, "a c"), (loaded.Skipped, string.Join(' ', loaded.Vectors.Words)));
        Assert.Equal([1, 2, 3, 4], loaded.Vectors.All);
        Assert.Equal(1, Read("2 2\na 1 2\nb 1\n", new WordVectorReading { OnError = OnError.Skip }).Skipped);
    }

    [Fact]
    public void What_is_wrong_with_a_binary_file_is_said_with_its_byte()
    {
        byte[] whole = Binary("3 2", true, Rows);
        // The first line has 4 bytes, 'the' 4 + 8 + 1, 'café' 6 + 8 + 1.
        Refused(whole[..^7], "byte 32: expected 8 bytes for the vector of word 3 of 3, found 2: cut off?");
        Refused(whole[..32], "byte 32: expected word 3 of 3 and a space behind it, found the end of the file: cut off?");
        Refused(Binary("2 2", true, Rows), "the first line promises 2 words of 2 numbers, and bytes follow");
        Refused(Binary("3 2", false, ("a", [1, float.NaN]), ("b", [1, 2]), ("c", [1, 2])), "byte 4: the vector of 'a', word 1 of 3, holds a number that is not finite");
        Refused([.. "2 2\n"u8, .. new byte[200_000]], "65536 bytes without a space");
        // Promises memory that no one has: nothing is set aside for it.
        Refused(Binary("2000000000 65536", false, ("a", [1, 2])), "cut off?");

        void Refused(byte[] content, string problem)
        {
            string path = _folder.Write("v", content);
            Assert.Contains(problem, Assert.Throws<InvalidInputException>(() => WordVectorFile.Read(path)).Message, StringComparison.Ordinal);
        }
    }

    // Every file cut short at any place is refused, or read as what the cut left whole where nothing promises more.
    [Fact]
    public void A_promised_file_cut_anywhere_is_refused()
    {
        foreach (byte[] whole in new[] { Encoding.ASCII.GetBytes("3 2\na 11 2\nb 3 4\nc 5 6\n"), Binary("3 2", true, Rows) })
        {
            for (int length = 0; length < whole.Length - 3; length++) Assert.Throws<InvalidInputException>(() => Read(whole[..length]));
        }
    }

    [Theory]
    [InlineData(true, "v.txt")]
    [InlineData(false, "v.bin")]
    [InlineData(true, "v.txt.gz")]
    [InlineData(false, "v.bin.zst")]
    public void What_is_written_is_read_to_the_same_bits(bool text, string name)
    {
        var random = new Xoshiro256(5);
        float[] values = [.. Enumerable.Range(0, 400).Select(_ => (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(12) - 8))), float.Epsilon, -float.MaxValue, 1 / 3f, 0];
        var vectors = new WordVectors([.. Enumerable.Range(0, 101).Select(i => i == 7 ? "é😀" : $"w{i}")], values, 4);
        if (text) WordVectorWriter.WriteText(_folder[name], vectors);
        else WordVectorWriter.WriteBinary(_folder[name], vectors);

        LoadedWordVectors loaded = WordVectorFile.Read(_folder[name]);

        Assert.Equal(text ? WordVectorFormat.Word2VecText : WordVectorFormat.Word2VecBinary, loaded.Format);
        Assert.Equal(vectors.Words, loaded.Vectors.Words);
        Assert.Equal(values, loaded.Vectors.All.ToArray());
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void A_word_that_would_be_read_as_two_is_not_written()
    {
        var vectors = new WordVectors(["a b"], [1], 1);
        Assert.Throws<InvalidInputException>(() => WordVectorWriter.WriteText(_folder["v"], vectors));
        Assert.Empty(Directory.GetFiles(_folder.Path));
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();
        Assert.Throws<OperationCanceledException>(() => WordVectorWriter.WriteText(_folder["v"], new WordVectors(["a"], [1], 1), stopped.Token));
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Reading_stops_when_asked()
    {
        string path = _folder.Write("v", string.Concat(Enumerable.Range(0, 20_000).Select(i => $"w{i} 1 2\n")));
        using var stop = new CancellationTokenSource();
        var seen = new List<long>();
        Assert.Throws<OperationCanceledException>(() => WordVectorFile.Read(path, null, new Now(report => { seen.Add(report.Rows); stop.Cancel(); }), stop.Token));
        Assert.Single(seen);
    }

    // Reads and parsed by the framework agree to the bit, for numbers of every shape.
    [Fact]
    public void Numbers_are_read_to_the_nearest_float()
    {
        var random = new Xoshiro256(9);
        var bytes = new byte[4];
        for (int i = 0; i < 200_000; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)random.NextUInt64());
            float any = BitConverter.ToSingle(bytes);
            double between = (double)any + (BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(any) ^ 1) - (double)any) / 2; // halfway: the hard case
            string text = random.Next(6) switch
            {
                0 => any.ToString("R", CultureInfo.InvariantCulture),
                1 => any.ToString("E12", CultureInfo.InvariantCulture),
                2 => ((random.NextDouble() - 0.5) * 4).ToString("F6", CultureInfo.InvariantCulture),
                3 => between.ToString("R", CultureInfo.InvariantCulture),
                4 => between.ToString("E25", CultureInfo.InvariantCulture),
                _ => ((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(60) - 30)).ToString("G5", CultureInfo.InvariantCulture),
            };
            bool expected = float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float right) && float.IsFinite(right);
            Assert.Equal(expected, FloatText.TryRead(Encoding.ASCII.GetBytes(text), out float read));
            if (expected) Assert.True(BitConverter.SingleToInt32Bits(right) == BitConverter.SingleToInt32Bits(read), $"{text}: {right:R} and {read:R}");
        }
    }

    [Theory]
    [InlineData(""), InlineData("-"), InlineData("."), InlineData("-."), InlineData("1e"), InlineData("e5"), InlineData("1.2.3"), InlineData("0x10"), InlineData("1,5"), InlineData("--1"), InlineData("inf"), InlineData("NaN"), InlineData("Infinity"), InlineData("1e+"), InlineData("1 ")]
    public void What_is_no_number_is_not_read(string text) => Assert.False(FloatText.TryRead(Encoding.ASCII.GetBytes(text), out _));

    [Theory]
    [InlineData("5.", 5), InlineData(".5", 0.5), InlineData("+1", 1), InlineData("1E3", 1000), InlineData("00000000000000000000000000001", 1), InlineData("1e-400", 0), InlineData("0.00000000000000000000000000001", 1e-29)]
    public void Odd_numbers_are_numbers(string text, double value)
    {
        Assert.True(FloatText.TryRead(Encoding.ASCII.GetBytes(text), out float read));
        Assert.Equal((float)value, read);
    }

    [Fact]
    public void The_published_vectors_are_read_and_know_their_neighbours()
    {
        LoadedWordVectors loaded = WordVectorFile.Read(SharedData.Path("data/glove.6B.50d.subset.txt.gz"));
        Assert.Equal((WordVectorFormat.Glove, 8_868, 50, 0L), (loaded.Format, loaded.Vectors.Count, loaded.Vectors.Dimension, loaded.Duplicates));
        var nearest = new NearestWords(loaded.Vectors);
        Assert.Contains("queen", nearest.Analogy(["king", "woman"], ["man"], 3).Select(word => word.Word));
    }

    private sealed class Now(Action<ReadProgress> report) : IProgress<ReadProgress>
    {
        public void Report(ReadProgress value) => report(value);
    }
}
