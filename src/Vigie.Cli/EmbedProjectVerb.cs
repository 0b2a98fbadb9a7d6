using System.CommandLine;
using System.Globalization;
using Vigie.Features;
using Vigie.Plots;

namespace Vigie.Cli;

/// <summary><c>vigie embed project</c>: words or texts as points in two or three dimensions.</summary>
internal static class EmbedProjectVerb
{
    private const int ComponentsListed = 10;

    public static Command Create(Terminal terminal)
    {
        var vectors = new Option<string?>("--vectors") { Description = "Word vectors: GloVe, word2vec or fastText, plain or packed; of a text, the smooth-inverse-frequency mean of its words", HelpName = "FILE" };
        var model = new Option<string?>("--model") { Description = "A sentence encoder instead: a folder with model.onnx and vocab.txt", HelpName = "DIR" };
        var data = new Option<string?>("--data", "-d") { Description = "A tweet file: its texts are the points; without it, the first words of --vectors are", HelpName = "FILE" };
        var words = new Option<bool>("--words") { Description = "The words of --data are the points, the most frequent ones, not its texts" };
        var output = new Option<string>("--output", "-o") { Description = "The folder for projection.html, .png, .svg and .csv, and explained_variance.png and .svg", HelpName = "DIR", Required = true };
        var dimensions = new Option<int>("--dimensions") { Description = "2 or 3", HelpName = "2|3", DefaultValueFactory = _ => 3 };
        var points = new Option<int>("--points") { Description = "The most points drawn: an even choice of texts, or the most frequent words. Components are found from all texts", HelpName = "N", DefaultValueFactory = _ => 3_000 };
        var seed = new Option<ulong>("--seed") { Description = "Seeds the randomised search for components", HelpName = "N", DefaultValueFactory = _ => 1 };
        var reading = new TweetFileOptions();
        var command = new Command("project", "Draw words or texts by their vectors: principal components as PNG, SVG, CSV and a page to turn, zoom and search") { vectors, model, data, words, output, dimensions, points, seed };
        reading.AddTo(command);
        return command
            .WithExamples(
                "vigie embed project --vectors vectors.bin --data tweets.csv --output projection",
                "vigie embed project --vectors glove.6B.50d.txt.gz --dimensions 2 --points 500 --output words",
                "vigie embed project --vectors vectors.bin --data tweets.csv --words --output words",
                "vigie embed project --model all-MiniLM-L6-v2 --data tweets.csv --sample 5000 --output projection --json")
            .Does(terminal, run =>
            {
                (string? file, string? folder) = (run.Value(vectors), run.Value(model));
                int shown = run.Required(dimensions), most = run.Required(points);
                if (file is null == folder is null) throw new InvalidInputException("name either --vectors FILE or --model DIR");
                if (folder is not null && (run.Value(data) is null || run.Value(words))) throw new InvalidInputException("--model encodes texts: it takes --data, and no --words");
                if (run.Value(words) && run.Value(data) is null) throw new InvalidInputException("--words draws the words of --data; without --data the words of --vectors are drawn anyway");
                if (shown is not (2 or 3)) throw new InvalidInputException($"--dimensions {shown}: expected 2 or 3");
                if (most < 2) throw new InvalidInputException($"--points {most}: expected 2 or more");
                string target = ModelFolder.PathOf(run, run.Required(output));
                if (File.Exists(target)) throw new InvalidInputException($"{target} is a file; --output names a folder");
                Projection projection;
                using (ProgressBoard board = run.ShowProgress())
                {
                    ProjectedRows rows = run.Value(data) is { } tweets
                        ? ProjectedRows.OfTweets(run, board, file is null ? null : ModelFolder.PathOf(run, file), folder is null ? null : ModelFolder.PathOf(run, folder), TextsOfFile.Read(run, ModelFolder.PathOf(run, tweets), reading.Of(run), board, trainingRowsOnly: false), run.Value(words), most)
                        : ProjectedRows.OfWords(run, board, ModelFolder.PathOf(run, file!), most);
                    projection = Drawn(rows, shown, most, run.Required(seed), run.Stop);
                }

                run.Stop.ThrowIfCancellationRequested();
                string[] written = [.. Save(projection, target)];
                var result = new { Points = projection.Count, Dimensions = shown, ExplainedVarianceRatio = projection.ExplainedVarianceRatio, projection.Groups, Files = written };
                run.Print(result, console =>
                {
                    double together = projection.ExplainedVarianceRatio.Take(shown).Sum();
                    console.PrintTable(["component", "explains", "together"], [.. projection.ExplainedVarianceRatio.Take(shown).Select((share, i) => new[] { $"{i + 1}", Percent(share), Percent(projection.ExplainedVarianceRatio.Take(i + 1).Sum()) })]);
                    terminal.Out.WriteLine($"{projection.Count:N0} points in {shown} dimensions, {Percent(together)} of the variance: {written[0]}");
                });
            });
    }

    // All rows decide on the components; the points drawn are spread evenly over them.
    private static Projection Drawn(ProjectedRows rows, int shown, int most, ulong seed, CancellationToken stop)
    {
        int listed = Math.Min(ComponentsListed, Math.Min(rows.Count, rows.Dimension));
        if (listed < shown) throw new InvalidInputException($"{rows.Count} vectors of {rows.Dimension} numbers have {listed} components, and {shown} are to be drawn");
        var components = PrincipalComponents.FitRandomized(rows.Vectors, rows.Dimension, listed, seed, stop);
        var coordinates = new float[rows.Count * listed];
        components.Transform(rows.Vectors, coordinates, stop);
        int count = Math.Min(most, rows.Count);
        int[] picked = [.. Enumerable.Range(0, count).Select(i => (int)((long)i * rows.Count / count))];
        string what = rows.Named ? "words" : "texts";
        return new Projection([.. picked.SelectMany(row => coordinates.AsSpan(row * listed, shown).ToArray())], shown, [.. picked.Select(row => rows.Labels[row])], components.ExplainedVarianceRatio)
        {
            Title = rows.Named ? "Words by their vectors" : "Texts by their vectors",
            Subtitle = string.Create(CultureInfo.InvariantCulture, $"{(count < rows.Count ? $"{count:#,0} of {rows.Count:#,0} {what}" : $"{count:#,0} {what}")}, vectors of {rows.Dimension} numbers{rows.Remark}"),
            Named = rows.Named,
            Groups = rows.Groups,
            GroupOf = rows.Groups.Count == 0 ? [] : [.. picked.Select(row => rows.GroupOf[row])],
        };
    }

    private static IEnumerable<string> Save(Projection projection, string folder)
    {
        Directory.CreateDirectory(folder);
        string page = Path.Combine(folder, "projection.html"), table = Path.Combine(folder, "projection.csv");
        ProjectionPage.Save(projection, page);
        File.WriteAllLines(table + ".part", Lines(projection));
        File.Move(table + ".part", table, overwrite: true);
        return [page, .. ProjectionPlots.Scatter(projection).Save(folder, "projection"), table, .. ProjectionPlots.ExplainedVariance(projection.ExplainedVarianceRatio).Save(folder, "explained_variance")];
    }

    private static IEnumerable<string> Lines(Projection projection)
    {
        bool grouped = projection.Groups.Count > 0;
        yield return string.Join(',', [projection.Named ? "word" : "text", .. grouped ? ["group"] : Array.Empty<string>(), .. Enumerable.Range(1, projection.Dimensions).Select(i => $"component_{i}")]);
        for (int i = 0; i < projection.Count; i++)
        {
            IEnumerable<string> numbers = Enumerable.Range(0, projection.Dimensions).Select(axis => projection.Coordinates[i * projection.Dimensions + axis].ToString("R", CultureInfo.InvariantCulture));
            yield return string.Join(',', [$"\"{projection.Labels[i].Replace("\"", "\"\"", StringComparison.Ordinal)}\"", .. grouped ? [projection.Groups[projection.GroupOf[i]]] : Array.Empty<string>(), .. numbers]);
        }
    }

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.0} %");
}
