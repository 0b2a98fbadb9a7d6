using System.CommandLine;
using Vigie.Recipes;

namespace Vigie.Cli;

/// <summary><c>vigie train</c>: from a file of labelled tweets to a measured model in a folder.</summary>
internal static class TrainVerb
{
    public static Command Create(Terminal terminal)
    {
        var recipe = new RecipeOptions();
        var data = new Option<string>("--data", "-d") { Description = "A tweet file with labels; a split column is respected, else rows are split 80/10/10 by text hash", HelpName = "FILE", Required = true };
        var output = new Option<string>("--output", "-o") { Description = "The folder for the model: absent, empty, or an older model, which is replaced", HelpName = "DIR", Required = true };
        var plots = new Option<bool>("--plots") { Description = "Draw confusion matrix, ROC, precision-recall, calibration and strongest features (PNG and SVG) into the model's folder plots/" };
        var curve = new Option<string?>("--learning-curve") { Description = "Also train on 1/16, 1/8, 1/4, 1/2 of the training rows and write the learning curve (JSON, PNG, SVG) into this folder", HelpName = "DIR" };
        var reading = new TweetFileOptions();
        var tracking = new TrackingOptions();
        var command = new Command("train", "Train a recipe on a tweet file, measure it, and save the model");
        recipe.AddTo(command);
        foreach (Option option in new Option[] { data, output, plots, curve }) command.Options.Add(option);
        reading.AddTo(command);
        tracking.AddTo(command);
        return command
            .WithExamples(
                "vigie train linear-best --data tweets.csv --output out/model",
                "vigie train linear-best --data tweets.csv --output out/model --register sentiment",
                "vigie train tfidf-lr --data sentiment140.csv.gz --sample 50000 --output out/m --set C=2 --set word_max=2 --json",
                "vigie train linear-fast --data tweets.jsonl --output out/m --wanted-precision 0.95 --plots")
            .Does(terminal, async run =>
            {
                var job = new TrainingJob(run, new TrainingRun(recipe.Of(run)) { Seed = recipe.SeedOf(run), Clock = run.Clock }, run.Required(data), run.Required(output))
                {
                    Reading = reading.Of(run),
                    Plots = run.Value(plots),
                    Curve = run.Value(curve),
                };
                await job.RunAsync(tracking);
            });
    }
}
