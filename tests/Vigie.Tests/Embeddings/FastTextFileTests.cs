using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Vigie.Embeddings;
using Vigie.Tests.Tweets;

namespace Vigie.Tests.Embeddings;

public sealed class FastTextFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // A model of two words and a label, dimension 2, n-grams of 2 to 3 characters in 7 buckets, put together byte by byte as the format has it.
    private sealed record Model
    {
        public int Version { get; init; } = 12;
        public int Kind { get; init; } = 2;
        public int Bucket { get; init; } = 7;
        public int MinN { get; init; } = 2;
        public int MaxN { get; init; } = 3;
        public int Entries { get; init; } = 2;
        public int Labels { get; init; }
        public long Pruned { get; init; } = -1;
        public byte Quantised { get; init; }
        public long Rows { get; init; } = 9;
        public float First { get; init; } = 1;
        public byte FirstKind { get; init; }

        public byte[] Bytes()
        {
            using var stream = new MemoryStream();
            using var writer = new BinaryWriter(stream);
            foreach (int number in new[] { 793712314, Version, 2, 5, 5, 1, 5, 1, 2, Kind, Bucket, MinN, MaxN, 100 }) writer.Write(number);
            writer.Write(1e-4);
            foreach (int number in new[] { Entries, Entries - Labels, Labels }) writer.Write(number);
            writer.Write(20L);
            writer.Write(Pruned);
            string[] entries = Labels > 0 ? ["né", "a", "__label__x"] : ["né", "a"];
            for (int i = 0; i < entries.Length; i++)
            {
                writer.Write(Encoding.UTF8.GetBytes(entries[i] + "\0"));
                writer.Write(10L);
                writer.Write((byte)(i == 0 ? FirstKind : i < 2 ? 0 : 1));
            }

            writer.Write(Quantised);
            writer.Write(Rows);
            writer.Write(2L);
            for (int row = 0; row < 2 + Bucket; row++)
            {
                writer.Write(row == 0 ? First : row + 1f);
                writer.Write(-10f * row);
            }

            writer.Write((byte)0);
            writer.Write(1L);
            writer.Write(2L);
            writer.Write(new byte[8]);
            return stream.ToArray();
        }
    }

    // FNV-1a with signed bytes, written down here a second time.
    private static int Bucket(string gram, int buckets)
    {
        uint hash = 2166136261;
        foreach (byte one in Encoding.UTF8.GetBytes(gram)) hash = unchecked((hash ^ (uint)(sbyte)one) * 16777619);
        return (int)(hash % (uint)buckets);
    }

    private static float[] Mean(int[] rows) => [(float)rows.Average(row => row + 1), (float)rows.Average(row => -10.0 * row)];

    [Fact]
    public void A_model_is_read_with_its_n_grams()
    {
        string path = _folder.Write("m.bin", new Model().Bytes());
        int[] known = [0, .. new[] { "<n", "<né", "né", "né>", "é>" }.Select(gram => 2 + Bucket(gram, 7))];
        int[] unknown = [.. new[] { "<o", "<on", "on", "on>", "n>" }.Select(gram => 2 + Bucket(gram, 7))];

        Assert.True(FastTextFile.Is(path));
        SubwordVectors vectors = FastTextFile.Read(path);
        LoadedWordVectors words = WordVectorFile.Read(path);

        Assert.Equal(new Subwords(2, 3, 7), vectors.Subwords);
        Assert.Equal([10L, 10L], vectors.Words.Counts);
        Assert.Equal(["né", "a"], vectors.Words.Words);
        Near(Mean(known), vectors.Words[0]);
        var vector = new float[2];
        Assert.True(vectors.TryGetVector("on", vector));
        Near(Mean(unknown), vector);
        Assert.Equal((WordVectorFormat.FastTextBinary, 2L), (words.Format, words.WordsRead));
        Assert.Equal(vectors.Words.Words, words.Vectors.Words);
        Near(vectors.Words.All.ToArray(), words.Vectors.All);
        // One word alone comes out the same, whatever rows pass by.
        Near(vectors.Words[1].ToArray(), WordVectorFile.Read(path, WordVectorReading.Of(["a"])).Vectors[0]);
        Assert.Equal(["a"], FastTextFile.Read(path, WordVectorReading.Of(["a"])).Words.Words);
        Near(vectors.Words[1].ToArray(), FastTextFile.Read(path, WordVectorReading.Of(["a"])).Words[0]);
    }

    [Fact]
    public void A_classifier_is_read_as_vectors_without_labels()
    {
        string path = _folder.Write("m.bin", new Model { Kind = 3, Entries = 3, Labels = 1, Bucket = 0, MaxN = 0, MinN = 0, Rows = 2 }.Bytes());
        Assert.Equal(["né", "a"], WordVectorFile.Read(path).Vectors.Words);
        SubwordVectors vectors = FastTextFile.Read(path);
        Assert.False(vectors.Subwords.Any);
        Assert.Equal([1, 0], vectors.Words[0]);
        // Word n-grams have buckets in a classifier, words have no n-grams.
        Assert.Equal([1, 0], FastTextFile.Read(_folder.Write("n.bin", new Model { Kind = 3, MinN = 0, MaxN = 0 }.Bytes())).Words[0]);
    }

    [Fact]
    public void What_cannot_be_read_is_said_with_its_byte()
    {
        Refused(new Model { Version = 13 }, "byte 8: expected a fastText model of version 11 or 12, found 13");
        Refused(new Model { Quantised = 1 }, "the model is quantised");
        Refused(new Model { Pruned = 3 }, "the model is quantised");
        Refused(new Model { Rows = 10 }, "expected an input matrix of 2 words and 7 buckets × 2, found 10 × 2");
        Refused(new Model { Kind = 4 }, "expected a kind of model");
        Refused(new Model { Entries = int.MaxValue }, "expected a dictionary of words and labels, found 2147483647 entries", "of the dictionary", "expected a word as entry");
        Refused(new Model { Entries = 3 }, "entry 3");
        Refused(new Model { MinN = 4 }, "expected n-grams of 4 to 3 characters");
        Refused(new Model { First = float.NaN }, "row 1 of the input matrix holds a number that is not finite");
        Refused(new Model { FirstKind = 1 }, "expected a word as entry 1 of the dictionary, found kind 1");
        Assert.Contains("expected a fastText model", Assert.Throws<InvalidInputException>(() => FastTextFile.Read(_folder.Write("v", "a 1 2\n"))).Message, StringComparison.Ordinal);

        void Refused(Model model, params string[] problems)
        {
            string path = _folder.Write("m.bin", model.Bytes());
            foreach (Action read in new Action[] { () => FastTextFile.Read(path), () => WordVectorFile.Read(path) })
            {
                string message = Assert.Throws<InvalidInputException>(read).Message;
                Assert.StartsWith(path, message, StringComparison.Ordinal);
                Assert.True(problems.Any(problem => message.Contains(problem, StringComparison.Ordinal)), message);
            }
        }
    }

    [Fact]
    public void A_model_cut_anywhere_is_refused()
    {
        byte[] whole = new Model().Bytes();
        for (int length = 0; length < whole.Length; length++)
        {
            string path = _folder.Write("m.bin", whole[..length]);
            Assert.Throws<InvalidInputException>(() => FastTextFile.Read(path));
            Assert.Throws<InvalidInputException>(() => WordVectorFile.Read(path));
        }

        // Packed, the length is not known beforehand.
        using (var packer = new GZipStream(File.Create(_folder["m.gz"]), CompressionMode.Compress)) packer.Write(whole.AsSpan(0, whole.Length - 1));
        Assert.Contains("cut off", Assert.Throws<InvalidInputException>(() => FastTextFile.Read(_folder["m.gz"])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("m.bin")]
    [InlineData("m.bin.gz")]
    public void What_is_written_is_read_to_the_same_bits(string name)
    {
        SubwordVectors vectors = Small();
        FastTextFile.Write(_folder[name], vectors);
        SubwordVectors read = FastTextFile.Read(_folder[name]);
        Assert.Equal(vectors.Subwords, read.Subwords);
        Assert.Equal(vectors.Words.Words, read.Words.Words);
        for (int word = 0; word < vectors.Words.Count; word++) Assert.Equal(vectors.WordRow(word), read.WordRow(word));
        for (int bucket = 0; bucket < 50; bucket++) Assert.Equal(vectors.BucketRow(bucket), read.BucketRow(bucket));
        Assert.Equal(vectors.Words.Counts, read.Words.Counts);
        Assert.Throws<InvalidInputException>(() => FastTextFile.Write(_folder["x.bin"], new SubwordVectors(["a\0b"], [1], 1, Subwords.None)));
        Assert.False(File.Exists(_folder["x.bin"]));
    }

    [Theory]
    [InlineData("skipgram")]
    [InlineData("cbow")]
    [InlineData("supervised")]
    public void The_fastText_program_and_this_one_see_the_same_vectors(string kind)
    {
        RequireProgram();
        string[] words = ["flight", "crew", "bagage", "perdu", "été", "late", "again", "thanks"];
        var random = new Xoshiro256(2);
        string text = string.Concat(Enumerable.Range(0, 400).Select(i => (kind == "supervised" ? $"__label__{i % 2} " : "") + string.Join(' ', Enumerable.Range(0, 8).Select(_ => words[random.Next(words.Length)])) + "\n"));
        string input = _folder.Write("text.txt", text);
        Run("", kind, "-input", input, "-output", _folder["m"], "-dim", "7", "-epoch", "2", "-minCount", "1", "-bucket", "1000", "-minn", "2", "-maxn", "4", "-thread", "1");

        string[] asked = [.. words, "flights", "étés", "zz", "日本"];
        SubwordVectors vectors = FastTextFile.Read(_folder["m.bin"]);
        SameAs(Run(string.Join('\n', asked) + "\n", "print-word-vectors", _folder["m.bin"]), asked, vectors);
        LoadedWordVectors alone = WordVectorFile.Read(_folder["m.bin"]);
        Near(vectors.Words.All.ToArray(), alone.Vectors.All, 1e-5);
        if (kind == "supervised") return;
        LoadedWordVectors listed = WordVectorFile.Read(_folder["m.vec"]);
        Assert.Equal(WordVectorFormat.Word2VecText, listed.Format);
        Assert.Equal(listed.Vectors.Words, alone.Vectors.Words);
        Near(listed.Vectors.All.ToArray(), alone.Vectors.All, 1e-4);
    }

    [Fact]
    public void The_fastText_program_reads_what_is_written()
    {
        RequireProgram();
        SubwordVectors vectors = Small();
        FastTextFile.Write(_folder["m.bin"], vectors, new FastTextSettings { SkipGram = false });
        string[] asked = ["one", "deux", "été", "ones", "日本"];
        SameAs(Run(string.Join('\n', asked) + "\n", "print-word-vectors", _folder["m.bin"]), asked, vectors);
        Assert.Contains("deux", Run("one\n", "nn", _folder["m.bin"], "2"), StringComparison.Ordinal);
    }

    private static SubwordVectors Small()
    {
        var random = new Xoshiro256(4);
        return new SubwordVectors(["one", "deux", "été"], [.. Enumerable.Range(0, 53 * 5).Select(_ => (float)(random.NextDouble() - 0.5))], 5, new Subwords(3, 6, 50), counts: [9, 8, 7]);
    }

    private static void SameAs(string printed, string[] asked, SubwordVectors vectors)
    {
        string[] lines = printed.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(asked.Length, lines.Length);
        foreach ((string word, string line) in asked.Zip(lines))
        {
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(word, fields[0]);
            var vector = new float[vectors.Dimension];
            vectors.TryGetVector(word, vector);
            Near([.. fields.Skip(1).Select(field => float.Parse(field, CultureInfo.InvariantCulture))], vector, 1e-4);
        }
    }

    private static void Near(float[] expected, ReadOnlySpan<float> found, double tolerance = 1e-6)
    {
        Assert.Equal(expected.Length, found.Length);
        for (int i = 0; i < expected.Length; i++) Assert.True(Math.Abs(expected[i] - found[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i])), $"{i}: {expected[i]} and {found[i]}");
    }

    private static void RequireProgram() =>
        Assert.SkipUnless(
            (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "fasttext"))),
            "needs the fasttext program (Debian: apt-get install fasttext)");

    private static string Run(string input, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("fasttext", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(60_000), "fasttext does not end");
        Assert.True(process.ExitCode == 0, $"fasttext {string.Join(' ', arguments)}: {errors.Result}");
        return output;
    }
}
