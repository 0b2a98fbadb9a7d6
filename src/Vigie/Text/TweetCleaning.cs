using Vigie.Tweets;

namespace Vigie.Text;

/// <summary>What a cleaning did.</summary>
/// <param name="Output">The file written.</param>
/// <param name="Rows">Rows written.</param>
/// <param name="Emptied">Rows left out because nothing of their text was left.</param>
/// <param name="Tokens">Tokens written.</param>
/// <param name="Reading">What the reading met with.</param>
public sealed record CleaningReport(string Output, long Rows, long Emptied, long Tokens, TweetReadReport Reading);

/// <summary>
/// Writes a tweet file again with every text as a text pipeline sees it: its tokens, with a space between two. For looking at, and for programs that are to learn from the same words as a model does; a model itself takes raw text.
/// </summary>
/// <param name="Pipeline">How texts are cleaned.</param>
public sealed record TweetCleaning(TextPipeline Pipeline)
{
    /// <summary>Reads one file and writes another, which appears when it is complete.</summary>
    /// <exception cref="InvalidInputException">The input cannot be used, or the output cannot be written.</exception>
    public CleaningReport Run(string input, string output, TweetReaderOptions? options = null, IProgress<ReadProgress>? progress = null, CancellationToken cancellation = default)
    {
        var tokenizer = new Tokenizer(Pipeline);
        long rows = 0, emptied = 0, tokens = 0;
        using TweetReader reader = TweetReader.Open(input, options, progress, cancellation);
        using TweetWriter writer = TweetWriter.Create(output, TweetImport.ColumnsOf(reader.Shape));
        foreach (Tweet tweet in reader)
        {
            IReadOnlyList<string> words = tokenizer.Tokenize(tweet.Text);
            if (words.Count == 0)
            {
                emptied++;
                continue;
            }

            rows++;
            tokens += words.Count;
            writer.Write(tweet with { Text = string.Join(' ', words) });
        }
        writer.Complete();
        return new CleaningReport(output, rows, emptied, tokens, reader.Report);
    }
}
