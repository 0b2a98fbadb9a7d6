using Vigie.Embeddings;
using Vigie.Tests.Tweets;

namespace Vigie.Cli.Tests;

public sealed class EmbedVerbTests : IDisposable
{
    private const string Vectors = "king 1 0 1\nman 1 0 0\nwoman 0 1 0\nqueen 0 1 1\ncrew 0.5 0.4 -1\nlate -1 0.2 -0.5\nlovely 0.3 0.9 -0.2\n";

    // An ONNX network of one layer, which looks up three numbers for each of seven tokens.
    private const string TinyEncoder =
        "CAg64QEKLQoFdGFibGUKCWlucHV0X2lkcxIRbGFzdF9oaWRkZW5fc3RhdGUiBkdhdGhlchIBZypjCAcIAxABQgV0YWJsZUpU3SQGv1g5tD24HoW+9P1UPhKDgD7Jdl6/EFh5v83MLD+iRfa+nu8Hvy2yfT/8"
        + "qXG9ukksPxKDQL0EVo4+qvEyv3E9ij5/ajw/f2o8PcdL9z6yna8+Wh0KCWlucHV0X2lkcxIQCg4IBxIKCgMSAW4KAxIBdGIpChFsYXN0X2hpZGRlbl9zdGF0ZRIUChIIARIOCgMSAW4KAxIBdAoCCANCAhAN";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Tweets() => _folder.Write("tweets.csv", "label,text\n" + string.Concat(Enumerable.Range(0, 600).Select(i => $"{i % 2},{(i % 2 == 1 ? "lovely crew; thanks" : "late again; awful delays")} {i % 7}x{i}\n")));

    [Theory]
    [InlineData("word2vec", "v.txt", WordVectorFormat.Word2VecText)]
    [InlineData("word2vec", "v.bin.gz", WordVectorFormat.Word2VecBinary)]
    [InlineData("fasttext", "v.bin", WordVectorFormat.FastTextBinary)]
    [InlineData("fasttext", "v.vec", WordVectorFormat.Word2VecText)]
    [InlineData("fasttext", "folder", WordVectorFormat.FastTextBinary)]
    public void Trained_vectors_are_written_in_the_form_that_the_name_says(string algorithm, string name, WordVectorFormat format)
    {
        CliRun run = CliRun.Run("embed", "train", "--data", Tweets(), "--output", _folder[name], "--algorithm", algorithm, "--dim", "6", "--min-count", "20", "--bucket", "500", "--threads", "1", "--epochs", "2", "--split", "all", "--json");
        Assert.True(run.ExitCode == ExitCode.Success, run.Error);
        LoadedWordVectors loaded = WordVectorFile.Read(run.Json.GetProperty("output").GetString()!);
        Assert.Equal((format, 6), (loaded.Format, loaded.Vectors.Dimension));
        Assert.Equal(run.Json.GetProperty("words").GetInt32(), loaded.Vectors.Count);
        Assert.Equal(600, run.Json.GetProperty("texts").GetInt32());
        Assert.True(loaded.Vectors.IndexOf("lovely") >= 0);
        Assert.Equal(algorithm == "fasttext" && format != WordVectorFormat.FastTextBinary, run.Error.Contains("no n-grams", StringComparison.Ordinal));
    }

    [Fact]
    public void Only_training_rows_are_learnt_from_and_one_thread_repeats_itself()
    {
        string tweets = Tweets();
        string[] line = ["embed", "train", "--data", tweets, "--dim", "4", "--min-count", "2", "--threads", "1", "--epochs", "1", "--json", "--output"];
        CliRun first = CliRun.Run([.. line, _folder["a.bin"]]);
        Assert.InRange(first.Json.GetProperty("texts").GetInt32(), 420, 540); // four fifths of 600
        CliRun.Run([.. line, _folder["b.bin"]]);
        Assert.Equal(File.ReadAllBytes(_folder["a.bin"]), File.ReadAllBytes(_folder["b.bin"]));
    }

    [Theory]
    [InlineData("--output v.csv", "name a folder, or a file in .txt, .vec or .bin")]
    [InlineData("--output v.bin --dim 0", "vector_size 0")]
    [InlineData("--output v.bin --min-count 100000", "min_count 100000")]
    [InlineData("--output v.bin --algorithm glove", "glove")]
    public void Wrong_settings_are_exit_code_2_and_write_nothing(string options, string problem)
    {
        CliRun run = new CliSession { WorkingFolder = _folder.Path }.Run(["embed", "train", "--data", Tweets(), "--quiet", .. options.Split(' ')]);
        Assert.Equal((ExitCode.WrongUsage, ""), (run.ExitCode, run.Out));
        Assert.Contains(problem, run.Error, StringComparison.Ordinal);
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Nearest_names_neighbours_and_solves_analogies()
    {
        string file = _folder.Write("v.txt", Vectors);
        CliRun neighbours = CliRun.Run("embed", "nearest", "--vectors", file, "queen", "--top", "2");
        Assert.Equal(ExitCode.Success, neighbours.ExitCode);
        Assert.Matches(@"woman\s+0\.7071", neighbours.Out);
        CliRun analogy = CliRun.Run("embed", "nearest", "--vectors", file, "king", "--minus", "man", "--plus", "woman", "--json");
        Assert.Equal("queen", analogy.Json.GetProperty("nearest")[0].GetProperty("word").GetString());
        Assert.Equal(4, analogy.Json.GetProperty("nearest").GetArrayLength());
        CliRun limited = CliRun.Run("embed", "nearest", "--vectors", file, "king", "--first", "2", "--json");
        Assert.Equal(["man"], limited.Json.GetProperty("nearest").EnumerateArray().Select(near => near.GetProperty("word").GetString()));
    }

    [Fact]
    public void A_word_that_was_never_learnt_is_answered_by_its_n_grams()
    {
        CliRun.Run("embed", "train", "--data", Tweets(), "--output", _folder["v.bin"], "--algorithm", "fasttext", "--dim", "8", "--min-count", "20", "--bucket", "2000", "--threads", "1", "--split", "all");
        CliRun run = CliRun.Run("embed", "nearest", "--vectors", _folder["v.bin"], "delaysss", "--top", "1", "--json");
        Assert.True(run.ExitCode == ExitCode.Success, run.Error);
        Assert.Equal("delays", run.Json.GetProperty("nearest")[0].GetProperty("word").GetString());
    }

    [Theory]
    [InlineData("", "name a word")]
    [InlineData("King", "the word 'King' has no vector among 7; 'king' has one")]
    [InlineData("king --top 0", "--top 0")]
    [InlineData("king --minus king", "points nowhere")]
    public void What_cannot_be_answered_is_exit_code_2(string words, string problem)
    {
        CliRun run = CliRun.Run(["embed", "nearest", "--vectors", _folder.Write("v.txt", Vectors), "--quiet", .. words.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.Equal((ExitCode.WrongUsage, ""), (run.ExitCode, run.Out));
        Assert.Contains(problem, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, false, "texts")]
    [InlineData(3, false, "texts")]
    [InlineData(2, true, "words")]
    public void Texts_and_their_words_become_a_page_pictures_and_a_table(int dimensions, bool words, string what)
    {
        string file = _folder.Write("v.txt", Vectors);
        CliRun run = CliRun.Run(["embed", "project", "--vectors", file, "--data", Tweets(), "--output", _folder["p"], "--dimensions", $"{dimensions}", "--points", "100", "--json", .. words ? ["--words"] : Array.Empty<string>()]);
        Assert.True(run.ExitCode == ExitCode.Success, run.Error);
        string[] files = [.. run.Json.GetProperty("files").EnumerateArray().Select(path => path.GetString()!)];
        Assert.Equal(["projection.html", "projection.png", "projection.svg", "projection.csv", "explained_variance.png", "explained_variance.svg"], files.Select(Path.GetFileName));
        Assert.All(files, path => Assert.True(new FileInfo(path).Length > 0, path));
        int points = words ? 3 : 100; // the vectors know three words of the tweets: lovely, crew, late
        Assert.Equal(points, run.Json.GetProperty("points").GetInt32());
        double[] ratio = [.. run.Json.GetProperty("explained_variance_ratio").EnumerateArray().Select(share => share.GetDouble())];
        Assert.Equal(1, ratio.Sum(), 1e-6);
        string[] table = File.ReadAllLines(_folder["p/projection.csv"]);
        Assert.Equal((points + 1, words ? "word,group,component_1,component_2" : $"text,group,component_1,component_2{(dimensions == 3 ? ",component_3" : "")}"), (table.Length, table[0]));
        if (words) Assert.Equal(["late:negative", "lovely:positive"], table.Where(row => row.Contains("la", StringComparison.Ordinal) || row.Contains("lo", StringComparison.Ordinal)).Select(row => row.Replace("\"", "", StringComparison.Ordinal).Split(',')).Select(row => $"{row[0]}:{row[1]}").Order());
        Assert.Contains(what, File.ReadAllText(files[0]), StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_can_be_encoded_by_a_network()
    {
        _folder.Write("model.onnx", Convert.FromBase64String(TinyEncoder));
        _folder.Write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\nlovely\nlate\nawful\n");
        CliRun run = CliRun.Run("embed", "project", "--model", _folder.Path, "--data", Tweets(), "--output", _folder["p"], "--points", "600", "--json");
        Assert.True(run.ExitCode == ExitCode.Success, run.Error);
        Assert.Equal((600, 3), (run.Json.GetProperty("points").GetInt32(), run.Json.GetProperty("explained_variance_ratio").GetArrayLength()));
        // Texts of one class are alike to this network, and those of the other are not like them.
        string[][] rows = [.. File.ReadAllLines(_folder["p/projection.csv"]).Skip(1).Select(line => line.Split(',')[^4..])];
        Assert.Equal(2, rows.Select(row => string.Join(',', row)).Distinct().Count());
    }

    [Fact]
    public void The_first_words_of_a_file_are_drawn_without_data()
    {
        CliRun run = CliRun.Run("embed", "project", "--vectors", _folder.Write("v.txt", Vectors), "--output", _folder["p"], "--points", "5", "--dimensions", "2");
        Assert.True(run.ExitCode == ExitCode.Success, run.Error);
        Assert.Contains("5 points in 2 dimensions", run.Out, StringComparison.Ordinal);
        Assert.Equal(["word,component_1,component_2", "\"king\"", "\"man\"", "\"woman\"", "\"queen\"", "\"crew\""], File.ReadAllLines(_folder["p/projection.csv"]).Select((line, i) => i == 0 ? line : line.Split(',')[0]));
    }

    [Theory]
    [InlineData("", "name either --vectors FILE or --model DIR")]
    [InlineData("--vectors v.txt --model m", "name either")]
    [InlineData("--model m", "it takes --data")]
    [InlineData("--model absent --data tweets.csv", "no such folder")]
    [InlineData("--vectors v.txt --words", "--words draws the words of --data")]
    [InlineData("--vectors v.txt --dimensions 4", "--dimensions 4")]
    [InlineData("--vectors v.txt --points 1", "--points 1")]
    [InlineData("--vectors v.txt --data strangers.csv", "none of the wanted words")]
    public void A_projection_that_cannot_be_drawn_is_exit_code_2_and_writes_nothing(string options, string problem)
    {
        _folder.Write("v.txt", Vectors);
        Tweets();
        _folder.Write("strangers.csv", "text\nzzz qqq\n");
        CliRun run = new CliSession { WorkingFolder = _folder.Path }.Run(["embed", "project", "--quiet", "--output", "p", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.Equal((ExitCode.WrongUsage, ""), (run.ExitCode, run.Out));
        Assert.Contains(problem, run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["p"]));
    }

    [Fact]
    public void A_verb_that_is_stopped_writes_nothing()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        CliRun run = new CliSession { Stop = stop.Token }.Run("embed", "train", "--data", Tweets(), "--output", _folder["v.bin"], "--quiet");
        Assert.Equal(ExitCode.Interrupted, run.ExitCode);
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }
}
