using System.CommandLine;
using System.Globalization;
using Vigie.Bundles;
using Vigie.Recipes;
using Vigie.Tweets;

namespace Vigie.Cli;

/// <summary><c>vigie distill</c>: a small model learns from what a strong one says of texts that nobody labelled.</summary>
internal static class DistillVerb
{
    public static Command Create(Terminal terminal)
    {
        var recipe = new RecipeOptions();
        Option<string> teacher = ModelFolder.Option("--teacher", "The strong model: its folder, models:/NAME@ALIAS or models:/NAME/VERSION");
        var data = new Option<string>("--data", "-d") { Description = "A tweet file with labels: the student learns from its training rows too, and is measured on its test rows", HelpName = "FILE", Required = true };
        var unlabelled = new Option<string>("--unlabelled") { Description = "A tweet file whose texts the teacher labels; its own labels are not read, and texts of --data are left out", HelpName = "FILE", Required = true };
        var most = new Option<int?>("--unlabelled-sample") { Description = "Only N of those texts: those with a rank below N where the file has ranks, else the first N by text hash", HelpName = "N" };
        var labels = new Option<string>("--teacher-labels") { Description = "drawn: by the teacher's probabilities; most_probable: the class it decides for", HelpName = "drawn|most_probable", DefaultValueFactory = _ => "drawn" };
        labels.AcceptOnlyFromAmong("drawn", "most_probable");
        var confidence = new Option<double>("--least-confidence") { Description = "Leave out texts that the teacher is less sure of than this, from 0 to below 1", HelpName = "P", DefaultValueFactory = _ => 0 };
        var output = new Option<string>("--output", "-o") { Description = "The folder for the model: absent, empty, or an older model, which is replaced", HelpName = "DIR", Required = true };
        var reading = new TweetFileOptions();
        var tracking = new TrackingOptions();
        var command = new Command("distill", "Train a small model on what a strong one says of unlabelled tweets, measure it, and save it");
        recipe.AddTo(command);
        foreach (Option option in new Option[] { teacher, data, unlabelled, most, labels, confidence, output }) command.Options.Add(option);
        reading.AddTo(command);
        tracking.AddTo(command);
        return command
            .WithExamples("vigie distill linear-fast --teacher models:/sentiment@champion --data labelled.csv --unlabelled stream.jsonl --output out/small")
            .Does(terminal, async run =>
            {
                Recipe student = recipe.Of(run);
                Bundle strong = await ModelFolder.LoadAsync(run, run.Required(teacher));
                var distillation = new Distillation(strong.Classifier)
                {
                    Labels = run.Required(labels) == "drawn" ? TeacherLabels.Drawn : TeacherLabels.MostProbable,
                    LeastConfidence = run.Value(confidence),
                    Seed = recipe.SeedOf(run),
                };
                TweetReaderOptions options = reading.Of(run);
                string path = ModelFolder.PathOf(run, run.Required(unlabelled));
                string digest;
                TweetSet rows;
                using (ProgressBoard board = run.ShowProgress())
                {
                    // A text of the labelled file has a label, and its validation and test rows must stay unseen.
                    string labelled = ModelFolder.PathOf(run, run.Required(data));
                    HashSet<string> known = [.. TweetTexts.Read(labelled, options with { Sample = null }, board.Stage<ReadProgress>("reading labelled", TweetFileOptions.Progress), run.Stop).All];
                    var read = TweetTexts.Read(path, options with { Sample = run.Value(most) }, board.Stage<ReadProgress>("reading unlabelled", TweetFileOptions.Progress), run.Stop);
                    string[] texts = [.. read.All.Where(known.Add)];
                    if (texts.Length == 0) throw new InvalidInputException($"{path}: has no text that is not among those of {labelled}");
                    (digest, rows) = (read.Digest, distillation.Label(texts, new TrainingPhases(board), run.Stop));
                }

                string origin = string.Create(CultureInfo.InvariantCulture, $"{rows.Count} texts of {Path.GetFileName(path)} (SHA-256 {digest}), labelled by {strong.Info.Recipe} (bundle {strong.Digest}), {run.Required(labels)}");
                var training = new TrainingRun(student) { Seed = recipe.SeedOf(run), Clock = run.Clock, Besides = new RowsBesides(rows, origin) };
                await new TrainingJob(run, training, run.Required(data), run.Required(output)) { Reading = options }.RunAsync(tracking);
            });
    }
}
