using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Vigie.Corpus;

namespace Vigie.Cli;

/// <summary><c>vigie data generate</c>: a labelled corpus of our own, for everyone who has none at hand.</summary>
internal static class DataGenerateVerb
{
    // Of the tweets about airlines that people have labelled, about a quarter to a third are neutral.
    private const double NeutralShare = 0.25;

    public static Command Create(Terminal terminal)
    {
        var usual = new CorpusOptions();
        var output = new Option<string>("--output", "-o") { Description = "The file to write: .csv or .jsonl, also with .gz or .zst", Required = true, HelpName = "FILE" };
        var rows = new Option<int>("--rows") { Description = "How many tweets, episodes included", DefaultValueFactory = _ => usual.Rows, HelpName = "N" };
        var seed = new Option<ulong>("--seed") { Description = "Picks the corpus: the same seed and options write the same bytes on every machine", DefaultValueFactory = _ => usual.Seed, HelpName = "S" };
        var language = new Option<string>("--language") { Description = "en, fr, or both (two in five are French)", DefaultValueFactory = _ => "both", HelpName = "en|fr|both" };
        language.AcceptOnlyFromAmong("en", "fr", "both");
        var neutral = new Option<bool>("--neutral") { Description = "Three classes: a quarter of the tweets say neither good nor bad" };
        var balance = Share("--balance", "Share of positive among the tweets with an opinion", usual.Balance);
        var sarcasm = Share("--sarcasm", "Share of the negative tweets that mock in the words of praise", usual.SarcasmShare);
        var wrongLabels = Share("--wrong-labels", "Share of tweets with a wrong label", usual.WrongLabelShare);
        var noise = new Option<double>("--noise") { Description = "Multiplies the rate of typos, emoji, hashtags and the like: 0 none, 1 everyday, at most 5", DefaultValueFactory = _ => usual.NoiseLevel, HelpName = "LEVEL" };
        // The default stands in the description: the help would print it in a form of its own, month first.
        var start = new Option<DateTimeOffset?>("--start")
        {
            Description = string.Create(CultureInfo.InvariantCulture, $"Time of the earliest tweet possible, UTC where it names no offset [default: {usual.Start.UtcDateTime:yyyy-MM-dd'T'HH:mm'Z'}]"),
            CustomParser = result =>
            {
                if (DateTimeOffset.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)) return time;
                result.AddError($"--start '{Terminal.Printable(result.Tokens[0].Value)}' is not a time such as 2026-03-02T00:00");
                return null;
            },
            HelpName = "TIME",
        };
        var days = new Option<double>("--days") { Description = "Length of the stretch of time that the tweets fall in", DefaultValueFactory = _ => usual.Duration.TotalDays, HelpName = "DAYS" };
        var episodes = new Option<string[]>("--episode")
        {
            Description = "A burst of anger about one topic, such as topic=luggage,start=9d,height=8,half-life=6h; start is a time or a span after --start; may be repeated",
            HelpName = "EPISODE",
        };
        var truth = new Option<string?>("--truth") { Description = "Also write what only the writer knows (topic, language, sarcasm, true sentiment, episode) as JSON Lines", HelpName = "FILE" };
        return new Command("generate", "Write a labelled corpus of airline tweets, English and French, from a grammar of hundreds of situations")
            { output, rows, seed, language, neutral, balance, sarcasm, wrongLabels, noise, start, days, episodes, truth }
            .WithExamples(
                "vigie data generate --rows 20000 --output tweets.csv",
                "vigie data generate --rows 50000 --seed 7 --language fr --neutral --output tweets.jsonl.gz",
                "vigie data generate --episode topic=luggage,start=9d,height=8,half-life=6h --truth truth.jsonl --output storm.csv")
            .Does(terminal, run =>
            {
                double length = run.Required(days);
                DateTimeOffset from = run.Value(start) ?? usual.Start;
                var options = new CorpusOptions
                {
                    Rows = run.Required(rows),
                    Seed = run.Required(seed),
                    FrenchShare = run.Required(language) switch { "en" => 0, "fr" => 1, _ => usual.FrenchShare },
                    NeutralShare = run.Value(neutral) ? NeutralShare : 0,
                    Balance = run.Required(balance),
                    SarcasmShare = run.Required(sarcasm),
                    WrongLabelShare = run.Required(wrongLabels),
                    NoiseLevel = run.Required(noise),
                    Start = from,
                    Duration = length is > 0 and < 1e6 ? TimeSpan.FromDays(length) : throw new InvalidInputException($"--days is {length}, expected more than 0 and at most 3650"),
                    Episodes = [.. (run.Value(episodes) ?? []).Select(episode => BuzzEpisodeText.Parse(episode, from))],
                };
                CorpusReport report;
                using (ProgressBoard board = run.ShowProgress())
                    report = CorpusFile.Write(run.Required(output), options, run.Value(truth), board.Stage<int>("writing", done => new Amount(done, options.Rows)), run.Stop);
                run.Print(report, console => Draw(console, report));
            });
    }

    private static Option<double> Share(string name, string description, double usual) =>
        new(name) { Description = description, DefaultValueFactory = _ => usual, HelpName = "SHARE" };

    private static void Draw(IAnsiConsole console, CorpusReport report) => console.PrintTable(
        ["wrote", "rows", "negative", "neutral", "positive", "French", "sarcastic", "mislabelled", "in episodes"],
        [[report.Output, .. new[] { report.Options.Rows, report.Negative, report.Neutral, report.Positive, report.French, report.Sarcastic, report.Mislabelled, report.InEpisodes }.Select(count => $"{count:N0}")]]);
}
