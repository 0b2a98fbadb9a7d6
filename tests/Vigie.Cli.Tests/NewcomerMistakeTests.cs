namespace Vigie.Cli.Tests;

/// <summary>What people get wrong on their first day, each with a message that says what to do; exit code 2, nothing printed, nothing written.</summary>
public sealed class NewcomerMistakeTests(TrainedFolder folder) : IClassFixture<TrainedFolder>
{
    [Theory]
    [InlineData("train tfidf-lr --data {nosuch.csv} --output {out}", "no such file")]
    [InlineData("train tfidf-lr --data {.} --output {out}", "is a folder; name a file in it")]
    [InlineData("train tfidf-rl --data {tweets.csv} --output {out}", "did you mean 'tfidf-lr'?")]
    [InlineData("train bert --data {tweets.csv} --output {out}", "there are bow-lr, tfidf-lr")]
    [InlineData("train tfidf-lr --output {out}", "Option '--data' is required")]
    [InlineData("train tfidf-lr --data {tweets.csv}", "Option '--output' is required")]
    [InlineData("train tfidf-lr --data {tweets.csv} --output {out} --set", "Required argument missing for option: '--set'")]
    [InlineData("train tfidf-lr --data {tweets.csv} --output {out} --set C", "expected KEY=VALUE")]
    [InlineData("train tfidf-lr --data {tweets.csv} --output {out} --set max_feature=3", "did you mean 'max_features'?")]
    [InlineData("train tfidf-lr --data {tweets.csv} --output {out} --set C=much", "C=much: not a value of C")]
    [InlineData("train tfidf-lr --data {tweets.csv} --output {out} --set C=-1", "C -1")]
    [InlineData("train tfidf-lr --data {tweets.csv} --output {out} --set min_df=1000000", "no feature is left")]
    [InlineData("train tfidf-lr --data {tweets.csv} --output {out} --wanted-precision 95", "expected a share between 0 and 1")]
    [InlineData("train tfidf-lr --data {tweets.csv} --output {out} --sample 0", "a sample of 0 rows")]
    [InlineData("train tfidf-lr --data {tweets.csv} --output {out} --label-column mood", "no column 'mood' for the label")]
    [InlineData("train tfidf-lr --data {tweets.csv} --output {occupied}", "is not empty and is no bundle")]
    [InlineData("train tfidf-lr --data {tweets.csv} --output {tweets.csv}", "is a file; a model is saved as a folder")]
    [InlineData("train tfidf-lr --data {empty.csv} --output {out}", "the file is empty")]
    [InlineData("train tfidf-lr --data {header.csv} --output {out}", "no rows, only a header")]
    [InlineData("train tfidf-lr --data {unlabelled.csv} --output {out}", "no label column found")]
    [InlineData("train tfidf-lr --data {single.csv} --output {out}", "at least two classes are needed")]
    [InlineData("train linear-fast --data {single.csv} --output {out}", "at least two classes are needed")]
    [InlineData("train tfidf-lr --data {unpraised.csv} --output {out}", "no row is positive")]
    [InlineData("evaluate --model {nosuch} --data {tweets.csv}", "no such folder")]
    [InlineData("evaluate --model {occupied} --data {tweets.csv}", "so this is no bundle")]
    [InlineData("evaluate --model {tampered} --data {tweets.csv}", "changed after the bundle was saved")]
    [InlineData("evaluate --model {model} --data {nosuch.csv}", "no such file")]
    [InlineData("evaluate --model {model} --data {tweets.csv} --split dev", "'dev' not recognized")]
    [InlineData("evaluate --model models:/tweets@champion --data {tweets.csv}", "'vigie models list' shows what there is")]
    [InlineData("predict --model {model}", "give a TEXT, or a file with --input FILE")]
    [InlineData("predict --model {model} hello --input {tweets.csv}", "give a TEXT or --input FILE, not both")]
    [InlineData("predict --model {model} --input {lines.txt}", "no text column found")]
    [InlineData("predict --model {model} --input {nosuch.txt} --lines", "no such file")]
    [InlineData("predict --model {model} hello --lines", "--lines says how to read a file")]
    [InlineData("predict --model {model} hello --text-column text", "--text-column is for files with columns")]
    [InlineData("predict --model {model} --input {lines.txt} --lines --on-error skip", "--lines reads plain text")]
    [InlineData("predict --model {tampered} hello", "changed after the bundle was saved")]
    [InlineData("predict hello", "who predicts? Give a model with --model MODEL, or a server with --url URL")]
    [InlineData("explain --model {model}", "Required argument 'TEXT' missing")]
    [InlineData("explain --model {model} hello --top 0", "--top 0")]
    [InlineData("recipes linear-bset", "did you mean 'linear-best'?")]
    [InlineData("trian", "Did you mean 'train'?")]
    public void Is_told_what_to_do(string line, string message)
    {
        Prepare();

        CliRun run = CliRun.Run([.. line.Split(' ').Select(word => word.StartsWith('{') ? folder.At(word[1..^1]) : word)]);

        Assert.True(run.Error.Contains(message, StringComparison.Ordinal), run.Error);
        Assert.Equal((ExitCode.WrongUsage, ""), (run.ExitCode, run.Out));
        Assert.False(Path.Exists(folder.At("out")));
        Assert.Equal(["mine.txt"], Directory.EnumerateFileSystemEntries(folder.At("occupied")).Select(Path.GetFileName));
    }

    private void Prepare()
    {
        folder.Write("empty.csv");
        folder.Write("header.csv", "label,text");
        folder.Write("unlabelled.csv", "id,text", "1,hello");
        folder.Write("single.csv", "label,text", "positive,great", "positive,thanks");
        folder.Write("unpraised.csv", "label,text", "negative,bad", "neutral,gate B12");
        folder.Write("lines.txt", "hello there", "lost my bag");
        Directory.CreateDirectory(folder.At("occupied"));
        folder.Write("occupied/mine.txt", "keep me");
        if (Directory.Exists(folder.At("tampered"))) return;
        Directory.CreateDirectory(folder.At("tampered"));
        foreach (string file in Directory.EnumerateFiles(folder.Model)) File.Copy(file, Path.Combine(folder.At("tampered"), Path.GetFileName(file)));
        string weights = Path.Combine(folder.At("tampered"), "weights.safetensors");
        byte[] bytes = File.ReadAllBytes(weights);
        bytes[^1] ^= 1;
        File.WriteAllBytes(weights, bytes);
    }
}
