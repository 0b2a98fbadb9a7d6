using System.CommandLine;

namespace Vigie.Cli;

/// <summary><c>vigie bench vectors</c>: how fast word vectors are learnt.</summary>
internal static class BenchVectorsVerb
{
    public static Command Create(Terminal terminal)
    {
        var data = new Option<string>("--data", "-d") { Description = "A tweet file; its training rows are learnt from (by its split column, else by text hash)", HelpName = "FILE", Required = true };
        var algorithm = new Option<string>("--algorithm") { Description = "word2vec: whole words; fasttext: words and their character n-grams of 3 to 6", HelpName = "word2vec|fasttext", DefaultValueFactory = _ => VectorSpeed.Algorithms[0] };
        algorithm.AcceptOnlyFromAmong(VectorSpeed.Algorithms);
        var reading = new TweetFileOptions();
        var command = new Command("vectors", "Learn word vectors (skip-gram, 100 dimensions, window 5, 5 negatives) and say how many words a second of processor time") { data, algorithm };
        reading.AddTo(command);
        return command
            .WithExamples("vigie bench vectors --data sentiment140.csv.gz --sample 50000", "vigie bench vectors --data tweets.csv --algorithm fasttext --json")
            .Does(terminal, run =>
            {
                VectorSpeed speed;
                using (ProgressBoard board = run.ShowProgress())
                {
                    TextsOfFile read = TextsOfFile.Read(run, ModelFolder.PathOf(run, run.Required(data)), reading.Of(run), board, trainingRowsOnly: true);
                    IProgress<double> learning = board.Stage<double>("learning", share => new Amount(Math.Round(100 * share), 100));
                    speed = VectorSpeed.Measure(run.Required(algorithm), read.Texts, run.Clock, learning, run.Stop);
                }

                run.Print(speed, console => console.PrintTable(
                    ["vectors", "words", "vocabulary", "passes", "wall s", "CPU s", "words per CPU s", "peak MiB"],
                    [[speed.Algorithm, $"{speed.Words:N0}", $"{speed.Vocabulary:N0}", $"{speed.Epochs}", $"{speed.WallSeconds:0.00}", $"{speed.CpuSeconds:0.00}", $"{speed.WordsPerCpuSecond:N0}", $"{speed.PeakMib:N0}"]]));
            });
    }
}
