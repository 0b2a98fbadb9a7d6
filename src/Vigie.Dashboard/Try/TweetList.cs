using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Vigie.Server;
using Vigie.Tweets;

namespace Vigie.Dashboard.Try;

/// <summary>A tweet of a list.</summary>
internal sealed class TriedTweet(string text, string? id)
{
    public string Text => text;

    /// <summary>The identifier that the file has for it.</summary>
    public string? Id => id;

    /// <summary>What the model says; null while it was not asked.</summary>
    public Verdict? Verdict { get; set; }

    /// <summary>What the one beside it says.</summary>
    public Verdict? Beside { get; set; }

    /// <summary>What somebody reported as right.</summary>
    public Sentiment? Right { get; set; }
}

/// <summary>Tweets that are tried together.</summary>
internal sealed class TweetList
{
    /// <summary>Most tweets of a list: they are held in the server's memory for as long as the page is open. For more there is the API.</summary>
    public const int Most = 5_000;

    /// <summary>Most bytes of a file.</summary>
    public const int MostBytes = 32 << 20;

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }; // for files, never for HTML

    private TweetList(IReadOnlyList<TriedTweet> tweets, string? column, long leftOut, long skipped) => (Tweets, Column, LeftOut, Skipped) = (tweets, column, leftOut, skipped);

    public IReadOnlyList<TriedTweet> Tweets { get; }

    /// <summary>The file's column that has the texts; null for a list that was typed.</summary>
    public string? Column { get; }

    /// <summary>Tweets beyond <see cref="Most"/>.</summary>
    public long LeftOut { get; }

    /// <summary>Rows of the file that could not be read, and texts that are too long.</summary>
    public long Skipped { get; }

    /// <summary>How many have been asked about.</summary>
    public int Done { get; set; }

    /// <summary>The lines of a text that are not blank.</summary>
    public static IReadOnlyList<string> Lines(string text) => [.. text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>A tweet on each line.</summary>
    public static TweetList OfLines(string text, int longest)
    {
        IReadOnlyList<string> all = Lines(text);
        string[] lines = [.. all.Where(line => line.Length <= longest)];
        return new TweetList([.. lines.Take(Most).Select(line => new TriedTweet(line, null))], null, Math.Max(0, lines.Length - Most), all.Count - lines.Length);
    }

    /// <summary>The tweets of a file of any form that Vigie reads.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="name">What its owner calls it.</param>
    /// <param name="column">The column of the texts; null finds it by name.</param>
    /// <param name="longest">Longer texts are left out.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="InvalidInputException">It cannot be used.</exception>
    public static TweetList OfFile(string path, string name, string? column, int longest, CancellationToken cancellation)
    {
        try
        {
            using TweetReader reader = TweetReader.Open(path, new TweetReaderOptions { TextColumn = column, IgnoreLabels = true, OnError = OnError.Skip, ListedErrors = 1 }, null, cancellation);
            var tweets = new List<TriedTweet>();
            long leftOut = 0, tooLong = 0;
            foreach (Tweet tweet in reader)
            {
                if (tweet.Text.Length > longest) tooLong++;
                else if (tweets.Count < Most) tweets.Add(new TriedTweet(tweet.Text, tweet.Id));
                else leftOut++;
            }

            return new TweetList(tweets, reader.Shape.TextColumn, leftOut, reader.Report.Skipped + tooLong);
        }
        catch (InvalidInputException fault)
        {
            throw new InvalidInputException(fault.Message.Replace(path, name, StringComparison.Ordinal), fault);
        }
    }

    /// <summary>What was found out, as a table with commas.</summary>
    public byte[] ToCsv()
    {
        (string Name, Func<TriedTweet, string?> Value)[] columns = [.. Columns()];
        using var file = new MemoryStream();
        using var csv = new StreamWriter(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true)) { NewLine = "\n" }; // with the mark by which Excel knows UTF-8
        csv.WriteLine(string.Join(',', columns.Select(column => column.Name)));
        foreach (TriedTweet tweet in Answered) csv.WriteLine(string.Join(',', columns.Select(column => CsvCell.Of(column.Value(tweet) ?? ""))));
        csv.Flush();
        return file.ToArray();
    }

    /// <summary>The same, as a JSON object on each line.</summary>
    public byte[] ToJsonLines()
    {
        using var file = new MemoryStream();
        foreach (TriedTweet tweet in Answered)
        {
            using (var json = new Utf8JsonWriter(file, Plain))
            {
                json.WriteStartObject();
                foreach ((string name, Func<TriedTweet, string?> value) in Columns())
                {
                    if (value(tweet) is not { } known) continue;
                    if (name.StartsWith("confidence", StringComparison.Ordinal)) json.WriteNumber(name, double.Parse(known, CultureInfo.InvariantCulture));
                    else json.WriteString(name, known);
                }

                json.WriteEndObject();
            }

            file.WriteByte((byte)'\n');
        }

        return file.ToArray();
    }

    /// <summary>The words that pulled most, as they stand in the tweet.</summary>
    public static IReadOnlyList<(string Text, double Pull)> TopWords(Verdict verdict, int most = 3) => [.. (verdict.Why?.Top(most) ?? []).Select(word => (verdict.Text[word.Start..word.End], word.Pull))];

    private IEnumerable<TriedTweet> Answered => Tweets.Where(tweet => tweet.Verdict is not null);

    private IEnumerable<(string Name, Func<TriedTweet, string?> Value)> Columns()
    {
        if (Tweets.Any(tweet => tweet.Id is not null)) yield return ("id", tweet => tweet.Id);
        yield return ("text", tweet => tweet.Text);
        foreach ((string suffix, Func<TriedTweet, Verdict?> of) in (ValueTuple<string, Func<TriedTweet, Verdict?>>[])[("", tweet => tweet.Verdict), ("_beside", tweet => tweet.Beside)])
        {
            if (Answered.All(tweet => of(tweet) is null)) continue;
            yield return ("label" + suffix, tweet => of(tweet)?.Label.Tone());
            yield return ("confidence" + suffix, tweet => of(tweet)?.Confidence.ToString("0.####", CultureInfo.InvariantCulture));
            yield return ("words" + suffix, tweet => of(tweet) is { Why: not null } verdict ? string.Join(' ', TopWords(verdict).Select(word => word.Text)) : null);
            yield return ("model" + suffix, tweet => of(tweet)?.Model);
        }

        yield return ("prediction_id", tweet => tweet.Verdict!.PredictionId);
        if (Tweets.Any(tweet => tweet.Right is not null)) yield return ("reported_as", tweet => tweet.Right?.Tone());
    }
}
