using System.CommandLine;
using Vigie.Text;
using Vigie.Tweets;

namespace Vigie.Cli;

/// <summary><c>vigie data clean</c>: texts as a recipe reads them.</summary>
internal static class DataCleanVerb
{
    public static Command Create(Terminal terminal)
    {
        var recipe = new RecipeOptions(training: false);
        var data = new Option<string>("--data", "-d") { Description = "A tweet file; labels are not needed", HelpName = "FILE", Required = true };
        var output = new Option<string>("--output", "-o") { Description = "The file to write: .csv or .jsonl, also with .gz or .zst", Required = true, HelpName = "FILE" };
        var reading = new TweetFileOptions();
        var command = new Command("clean", "Write texts as a recipe reads them: its tokens, a space between two. Models take raw text and do this themselves; this is for looking, and for learning word vectors from the same words");
        recipe.AddTo(command);
        command.Options.Add(data);
        command.Options.Add(output);
        reading.AddTo(command);
        return command
            .WithExamples(
                "vigie data clean word2vec-lstm --data tweets.csv --output clean.csv",
                "vigie data clean tfidf-lr --data tweets.csv.gz --output clean.jsonl --set stop_words=english --set form=stem")
            .Does(terminal, run =>
            {
                TweetReaderOptions options = reading.Of(run);
                CleaningReport report;
                using (ProgressBoard board = run.ShowProgress())
                {
                    report = new TweetCleaning(recipe.Of(run).Learner.Text).Run(
                        ModelFolder.PathOf(run, run.Required(data)), ModelFolder.PathOf(run, run.Required(output)), options, board.Stage<ReadProgress>("cleaning (MB)", TweetFileOptions.Progress), run.Stop);
                }
                TweetFileOptions.Warn(run, report.Reading);
                run.Print(report, console => console.PrintTable(["wrote", "rows", "tokens", "left out: nothing remained"], [[report.Output, $"{report.Rows:N0}", $"{report.Tokens:N0}", $"{report.Emptied:N0}"]]));
            });
    }
}
