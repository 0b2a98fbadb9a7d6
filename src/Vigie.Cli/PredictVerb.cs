using System.Collections.Concurrent;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Vigie.Evaluation;
using Vigie.Models;
using Vigie.Tweets;

namespace Vigie.Cli;

/// <summary><c>vigie predict</c>: what a model says of one tweet, of a file of them, or of a stream of lines.</summary>
internal static class PredictVerb
{
    private const int RowsAtOnce = 4096;

    public static Command Create(Terminal terminal)
    {
        Option<string> model = ModelFolder.Option(description: "A trained model: its folder, models:/NAME@ALIAS or models:/NAME/VERSION; with --url, the name of one that the server has beside its champion", required: false);
        var url = new Option<string?>("--url") { Description = $"Ask a server instead; a key, where it wants one, comes from {RemoteModel.KeyVariable}", HelpName = "URL" };
        var text = new Argument<string?>("TEXT") { Description = "The tweet; put -- before one that begins with a dash; - alone reads standard input, one tweet a line", Arity = ArgumentArity.ZeroOrOne };
        var input = new Option<string?>("--input", "-i") { Description = "A tweet file, labelled or not; - reads standard input, one tweet a line", HelpName = "FILE" };
        var lines = new Option<bool>("--lines") { Description = "The file is plain text, one tweet a line; packed or not" };
        var textColumn = new Option<string?>("--text-column") { Description = "The column or JSON property that holds the text, if its name is not recognised", HelpName = "NAME" };
        var onError = new Option<string>("--on-error") { Description = "What a malformed row does: stop (the default), or be skipped and counted", HelpName = "stop|skip", DefaultValueFactory = _ => "stop" };
        onError.AcceptOnlyFromAmong("stop", "skip");
        return new Command("predict", "Say for each tweet how likely it is positive, as JSON lines: id (the file's, else the row number), label, probability_positive, probabilities, unknown (the model has seen nothing of it)") { model, url, text, input, lines, textColumn, onError }
            .WithExamples(
                "vigie predict --model out/m \"great flight, thank you!\"",
                "vigie predict --model out/m --input tweets.csv",
                "vigie predict --model out/m --input tweets.txt --lines",
                "vigie predict --model out/m -",
                "vigie predict --url http://127.0.0.1:5199 --input tweets.csv")
            .Does(terminal, async run =>
            {
                string? one = run.Value(text), file = run.Value(input);
                if (one is not null == file is not null)
                    throw new InvalidInputException(one is null ? "give a TEXT, or a file with --input FILE, or - for standard input" : "give a TEXT or --input FILE, not both");
                bool fromFile = file is not null and not "-", skip = run.Required(onError) == "skip";
                if (run.Value(lines) && !fromFile) throw new InvalidInputException("--lines says how to read a file; name one with --input FILE");
                if ((skip || run.Value(textColumn) is not null) && (!fromFile || run.Value(lines)))
                    throw new InvalidInputException($"{(skip ? "--on-error" : "--text-column")} is for files with columns; {(fromFile ? "--lines reads plain text" : "name one with --input FILE")}");
                if (run.Value(model) is null && run.Value(url) is null) throw new InvalidInputException("who predicts? Give a model with --model MODEL, or a server with --url URL");
                using RemoteModel? remote = run.Value(url) is { } address ? RemoteModel.Of(run, address, run.Value(model)) : null;
                Func<IReadOnlyList<(string Id, string Text)>, Task<string[]>> answer = remote is not null
                    ? rows => remote.AnswerAsync(rows, run.Stop)
                    : Local((await ModelFolder.LoadAsync(run, run.Value(model)!)).Classifier, run.Stop);
                if (one is not null and not "-")
                {
                    terminal.Out.WriteLine((await answer([("1", one)]))[0]);
                    return;
                }

                if (!fromFile)
                {
                    await StreamAsync(run, answer, Numbered(Lines(terminal.In)));
                    return;
                }

                string path = ModelFolder.PathOf(run, file!);
                TweetReadReport? report = null;
                await StreamAsync(run, answer, run.Value(lines)
                    ? Numbered(TextLines.Read(path))
                    : RowsOf(path, new TweetReaderOptions { IgnoreLabels = true, TextColumn = run.Value(textColumn), OnError = skip ? OnError.Skip : OnError.Stop }, whole => report = whole, run.Stop));
                if (report is not null) TweetFileOptions.Warn(run, report);
            });
    }

    /// <summary>
    /// Answers in the order of the rows and in constant memory. One thread reads ahead; what it has read is answered at once, so that lines
    /// typed or piped in slowly do not wait for a full batch.
    /// </summary>
    private static async Task StreamAsync(VerbRun run, Func<IReadOnlyList<(string Id, string Text)>, Task<string[]>> answer, IEnumerable<(string Id, string Text)> rows)
    {
        // Neither is disposed: where the caller stops, the reading thread may still wait in them, or for the next line of standard input.
        var stop = CancellationTokenSource.CreateLinkedTokenSource(run.Stop);
        var ahead = new BlockingCollection<(string Id, string Text)>(2 * RowsAtOnce);
        Task reading = Task.Run(() =>
        {
            try
            {
                foreach ((string, string) row in rows) ahead.Add(row, stop.Token);
            }
            finally
            {
                ahead.CompleteAdding();
            }
        }, CancellationToken.None);
        try
        {
            var batch = new List<(string Id, string Text)>(RowsAtOnce);
            while (ahead.TryTake(out (string, string) row, Timeout.Infinite, run.Stop))
            {
                batch.Add(row);
                while (batch.Count < RowsAtOnce && ahead.TryTake(out row)) batch.Add(row);
                foreach (string line in await answer(batch)) run.Terminal.Out.WriteLine(line);
                if (ahead.Count == 0) run.Terminal.Out.Flush();
                batch.Clear();
            }
        }
        catch
        {
            await stop.CancelAsync(); // a reader that waits for room would wait for ever
            _ = reading.ContinueWith(left => left.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default); // no one asks for its outcome any more
            throw;
        }

        await reading; // a malformed row stops here, after the answers to the rows before it
    }

    private static Func<IReadOnlyList<(string Id, string Text)>, Task<string[]>> Local(TextClassifier classifier, CancellationToken cancellation) => batch =>
    {
        var lines = new string[batch.Count];
        Prediction[] predictions = classifier.Predict([.. batch.Select(row => row.Text)], cancellation);
        Parallel.For(0, lines.Length, i => lines[i] = JsonSerializer.Serialize(Answer.Of(classifier, batch[i].Id, predictions[i]), JsonText.OneLine));
        return Task.FromResult(lines);
    };

    private static IEnumerable<string> Lines(TextReader reader)
    {
        while (reader.ReadLine() is { } line) yield return line;
    }

    private static IEnumerable<(string Id, string Text)> Numbered(IEnumerable<string> lines) => lines.Select((line, i) => (Number(i + 1), line));

    /// <summary>The rows of a tweet file, which is open only while they are walked through: by the thread that reads, whoever stops.</summary>
    private static IEnumerable<(string Id, string Text)> RowsOf(string path, TweetReaderOptions options, Action<TweetReadReport> whole, CancellationToken cancellation)
    {
        using TweetReader reader = TweetReader.Open(path, options, null, cancellation);
        long row = 0;
        foreach (Tweet tweet in reader)
        {
            row++;
            yield return (tweet.Id ?? Number(row), tweet.Text);
        }

        whole(reader.Report);
    }

    private static string Number(long row) => row.ToString(CultureInfo.InvariantCulture);

    /// <summary>One line of the answer.</summary>
    internal sealed record Answer(string Id, string Label, double ProbabilityPositive, IReadOnlyDictionary<string, double> Probabilities, bool Unknown)
    {
        public static Answer Of(TextClassifier classifier, string id, Prediction prediction)
        {
            var probabilities = new Dictionary<string, double>(prediction.Probabilities.Length);
            for (int c = 0; c < prediction.Probabilities.Length; c++) probabilities[ClassColumns.NameOf(classifier.Classes[c])] = prediction.Probabilities[c];
            return new Answer(id, ClassColumns.NameOf(prediction.Label), prediction.ProbabilityPositive, probabilities, prediction.Unknown);
        }
    }
}
