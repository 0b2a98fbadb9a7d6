using System.CommandLine;
using Vigie.Models;
using Vigie.Tweets;

namespace Vigie.Cli;

/// <summary><c>vigie bench predict</c>: how fast a saved model answers on one thread.</summary>
internal static class BenchPredictVerb
{
    public static Command Create(Terminal terminal)
    {
        Option<string> model = ModelFolder.Option();
        var data = new Option<string>("--data", "-d") { Description = "A tweet file; its test rows are predicted (by its split column, else by text hash)", HelpName = "FILE", Required = true };
        var rows = new Option<int>("--rows") { Description = "How many test rows to take", HelpName = "N", DefaultValueFactory = _ => 20_000 };
        return new Command("predict", "Measure a model's predictions on one thread: tweets per second, and the time of a single tweet") { model, data, rows }
            .WithExamples("vigie bench predict --model out/m --data sentiment140.csv.gz", "vigie bench predict --model out/m --data tweets.csv --rows 5000 --json")
            .Does(terminal, async run =>
            {
                int wanted = run.Required(rows);
                if (wanted < 1) throw new InvalidInputException($"--rows {wanted}: at least 1 tweet must be predicted");
                string file = ModelFolder.PathOf(run, run.Required(data));
                TextClassifier classifier = (await ModelFolder.LoadAsync(run, run.Required(model))).Classifier;
                string[] texts = TestTexts(file, wanted, run.Stop);
                PredictionSpeed speed = PredictionSpeed.Measure(classifier, texts, run.Clock, run.Stop);
                run.Print(speed, console => console.PrintTable(
                    ["texts", "tweets/s, best", "tweets/s, median", "p50 µs", "p95 µs", "p99 µs", "clock µs, subtracted"],
                    [[$"{speed.Texts:N0}", $"{speed.TweetsPerSecondBest:N0}", $"{speed.TweetsPerSecondMedian:N0}", $"{speed.P50Us:0.00}", $"{speed.P95Us:0.00}", $"{speed.P99Us:0.00}", $"{speed.ClockUs:0.000}"]]));
            });
    }

    private static string[] TestTexts(string file, int rows, CancellationToken cancellation)
    {
        using TweetReader reader = TweetReader.Open(file, new TweetReaderOptions { IgnoreLabels = true }, null, cancellation);
        string[] texts = [.. reader.Where(tweet => (tweet.Split ?? TextHash.SplitOf(tweet.Text)) == Split.Test).Take(rows).Select(tweet => tweet.Text)];
        return texts.Length > 0 ? texts : throw new InvalidInputException($"{file}: none of its {reader.Report.Rows} rows is a test row, and test rows are what is predicted");
    }
}
