using System.CommandLine;
using System.Globalization;
using Vigie.Bundles;
using Vigie.Models;
using Vigie.Recipes;

namespace Vigie.Cli;

/// <summary><c>vigie combine</c>: several models that decide together, as one model.</summary>
internal static class CombineVerb
{
    public static Command Create(Terminal terminal)
    {
        var models = new Option<string[]>("--model") { Description = "A member: its folder, models:/NAME@ALIAS or models:/NAME/VERSION; given two times or more", HelpName = "MODEL", Required = true };
        var method = new Option<string>("--method") { Description = "voting takes the mean of the members' probabilities; stacking learns on validation rows how far to trust each", HelpName = "voting|stacking", DefaultValueFactory = _ => "voting" };
        method.AcceptOnlyFromAmong("voting", "stacking");
        var weights = new Option<string?>("--weights") { Description = "The members' weights in the vote, in their order: 2,1,1", HelpName = "W,W,…" };
        var calibration = new Option<string>("--calibration") { Description = "How the scores become probabilities, fitted on validation rows", HelpName = "none|platt|isotonic|temperature", DefaultValueFactory = _ => "none" };
        calibration.AcceptOnlyFromAmong("none", "platt", "isotonic", "temperature");
        var data = new Option<string>("--data", "-d") { Description = "The tweet file that the members were trained on: its validation rows teach a stacking, its test rows measure", HelpName = "FILE", Required = true };
        var output = new Option<string>("--output", "-o") { Description = "The folder for the model: absent, empty, or an older model, which is replaced", HelpName = "DIR", Required = true };
        var reading = new TweetFileOptions();
        var tracking = new TrackingOptions();
        var command = new Command("combine", "Make one model of several that decide together, measure it, and save it") { models, method, weights, calibration, data, output };
        reading.AddTo(command);
        tracking.AddTo(command);
        return command
            .WithExamples(
                "vigie combine --model out/linear --model out/lstm --data tweets.csv --output out/both",
                "vigie combine --model out/a --model out/b --model out/c --method stacking --data tweets.csv --output out/stack --register sentiment")
            .Does(terminal, async run =>
            {
                var members = new List<EnsembleMember>();
                foreach (string model in run.Required(models))
                {
                    Bundle bundle = await ModelFolder.LoadAsync(run, model);
                    members.Add(new EnsembleMember(bundle.Info.Name, bundle.Info.Recipe, bundle.Digest, bundle.Classifier));
                }

                bool voting = run.Required(method) == "voting";
                var learner = new EnsembleLearner(members, voting ? Combination.Voting : Combination.Stacking) { Weights = run.Value(weights) is { } typed ? Numbers(typed) : null };
                Recipe recipe = RecipeParameter.Set(
                    new Recipe(run.Required(method), voting ? "the mean of several models' probabilities" : "a logistic regression over several models' log-odds", learner), "calibration", run.Required(calibration));
                var job = new TrainingJob(run, new TrainingRun(recipe) { Clock = run.Clock }, run.Required(data), run.Required(output)) { Reading = reading.Of(run) };
                await job.RunAsync(tracking);
            });
    }

    private static double[] Numbers(string typed)
    {
        string[] parts = typed.Split(',');
        var numbers = new double[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]))
                throw new InvalidInputException($"--weights {Terminal.Printable(typed)}: '{Terminal.Printable(parts[i])}' is no number; expected one for each model, such as 2,1,1");
        }
        return numbers;
    }
}
