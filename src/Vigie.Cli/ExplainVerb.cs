using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Vigie.Evaluation;
using Vigie.Models;
using Cell = Spectre.Console.Text;

namespace Vigie.Cli;

/// <summary><c>vigie explain</c>: which words moved a prediction.</summary>
internal static class ExplainVerb
{
    private const int BarWidth = 30;

    public static Command Create(Terminal terminal)
    {
        Option<string> model = ModelFolder.Option();
        var text = new Argument<string>("TEXT") { Description = "The tweet; put -- before one that begins with a dash" };
        var top = new Option<int?>("--top") { Description = "Only the N words and the N n-grams that moved it most", HelpName = "N" };
        return new Command("explain", "Show which words of a tweet moved the model's decision, and how far") { model, text, top }
            .WithExamples("vigie explain --model out/m \"lost my bag again, thanks a lot\"", "vigie explain --model out/m --top 5 --json -- \"-3 hours of delay\"")
            .Does(terminal, async run =>
            {
                if (run.Value(top) is <= 0 and int wrong) throw new InvalidInputException($"--top {wrong}: expected 1 or more");
                Explanation explanation = (await ModelFolder.LoadAsync(run, run.Required(model))).Classifier.Explain(run.Required(text));
                if (run.Value(top) is { } most)
                {
                    explanation = explanation with
                    {
                        Words = [.. explanation.Words.Where(word => word.Contribution != 0).OrderByDescending(word => Math.Abs(word.Contribution)).Take(most)],
                        Features = [.. explanation.Features.Take(most)],
                    };
                }

                run.Print(explanation, console => Show(console, terminal, explanation));
            });
    }

    private static void Show(IAnsiConsole console, Terminal terminal, Explanation explanation)
    {
        Prediction prediction = explanation.Prediction;
        terminal.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{ClassColumns.NameOf(prediction.Label)}: probability of positive {prediction.ProbabilityPositive:0.000}, score for {ClassColumns.NameOf(explanation.Class)} {explanation.Score:+0.000;-0.000}"));
        if (prediction.Unknown)
        {
            terminal.Out.WriteLine("The model has never seen anything of this text: the probability is the share of positives in training.");
            return;
        }

        // With two classes a contribution speaks for or against positive; with three, for or against the class that was decided for.
        double largest = explanation.Words.Select(word => Math.Abs(word.Contribution)).DefaultIfEmpty(0).Max();
        Color against = Color.Red, towards = explanation.Class == Tweets.Sentiment.Negative ? Color.Red : Color.Green;
        if (towards == Color.Red) against = Color.Green;
        var table = new Table { Border = TableBorder.Simple, UseSafeBorder = false };
        table.AddColumn(new TableColumn("word"));
        table.AddColumn(new TableColumn("moves the score") { Alignment = Justify.Right });
        table.AddColumn(new TableColumn(""));
        foreach (WordContribution word in explanation.Words)
        {
            int length = largest > 0 ? (int)Math.Round(BarWidth * Math.Abs(word.Contribution) / largest) : 0;
            table.AddRow(
                new Cell(Terminal.Printable(word.Text)),
                new Cell(word.Contribution.ToString("+0.000;-0.000;0.000", CultureInfo.InvariantCulture)),
                new Cell(new string('█', length) + (word.Known || word.Contribution != 0 ? "" : "unknown word"), new Style(word.Contribution < 0 ? against : towards)));
        }

        table.AddRow(new Cell("(any text)"), new Cell(explanation.Intercept.ToString("+0.000;-0.000;0.000", CultureInfo.InvariantCulture)), new Cell(""));
        console.Write(table);
    }
}
