using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Vigie.Tweets;

namespace Vigie.Corpus;

/// <summary>What was written, and out of which options: enough to write it again.</summary>
/// <param name="Output">The file.</param>
/// <param name="Options">All options, defaults included.</param>
/// <param name="Negative">Rows labelled negative.</param>
/// <param name="Neutral">Rows labelled neutral.</param>
/// <param name="Positive">Rows labelled positive.</param>
/// <param name="French">Rows in French; the rest is English.</param>
/// <param name="Sarcastic">Rows that mock in the words of praise.</param>
/// <param name="Mislabelled">Rows whose label is not what was meant.</param>
/// <param name="InEpisodes">Rows that an episode brought.</param>
/// <param name="Truth">The file of truths, if one was asked for.</param>
public sealed record CorpusReport(
    string Output, CorpusOptions Options, int Negative, int Neutral, int Positive, int French, int Sarcastic, int Mislabelled, int InEpisodes, string? Truth);

/// <summary>Writes a corpus to a file in Vigie's own form: split (by text hash), label, id, created_at, author, text.</summary>
public static class CorpusFile
{
    private const TweetColumns Columns = TweetColumns.Split | TweetColumns.Label | TweetColumns.Id | TweetColumns.CreatedAt | TweetColumns.Author;

    /// <summary>Writes the file; it appears when it is complete, or not at all.</summary>
    /// <param name="path">A name in .csv or .jsonl, alone or followed by .gz or .zst.</param>
    /// <param name="options">What to write.</param>
    /// <param name="truthPath">Where to put the truth, one JSON object a row in the same order, packed as the name says; null for nowhere.</param>
    /// <param name="progress">Told the number of rows written, now and then.</param>
    /// <param name="stop">Stops the writing; nothing stays behind.</param>
    /// <exception cref="InvalidInputException">An option is out of range, or a file cannot be written.</exception>
    public static CorpusReport Write(string path, CorpusOptions options, string? truthPath = null, IProgress<int>? progress = null, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        using TweetWriter tweets = TweetWriter.Create(path, Columns);
        using TruthWriter? truths = truthPath is null ? null : new TruthWriter(truthPath);
        int[] labels = new int[3];
        int rows = 0, french = 0, sarcastic = 0, mislabelled = 0, inEpisodes = 0;
        foreach (GeneratedTweet generated in CorpusGenerator.GenerateWithTruth(options))
        {
            stop.ThrowIfCancellationRequested();
            tweets.Write(generated.Tweet with { Split = TextHash.SplitOf(generated.Tweet.Text) });
            truths?.Write(generated);
            labels[(int)generated.Tweet.Label!]++;
            if (generated.Language == TweetLanguage.French) french++;
            if (generated.Sarcastic) sarcastic++;
            if (generated.Mislabelled) mislabelled++;
            if (generated.Episode is not null) inEpisodes++;
            if (++rows % 1000 == 0) progress?.Report(rows);
        }

        // Both files are whole before either gets its name.
        tweets.Finish();
        truths?.Finish();
        tweets.Complete();
        truths?.Complete();
        if (rows % 1000 != 0) progress?.Report(rows);
        return new CorpusReport(path, options, labels[0], labels[1], labels[2], french, sarcastic, mislabelled, inEpisodes, truthPath);
    }

    private sealed class TruthWriter(string path) : IDisposable
    {
        private readonly OutputFile file = OutputFile.Create(path);
        private readonly ArrayBufferWriter<byte> line = new();

        public void Write(GeneratedTweet generated)
        {
            line.ResetWrittenCount();
            using (var json = new Utf8JsonWriter(line, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            {
                json.WriteStartObject();
                json.WriteString("id", generated.Tweet.Id);
                json.WriteString("topic", generated.Topic);
                json.WriteString("language", generated.Language == TweetLanguage.French ? "fr" : "en");
                json.WriteString("truth", Lower(generated.Truth));
                json.WriteBoolean("sarcastic", generated.Sarcastic);
                json.WriteBoolean("mislabelled", generated.Mislabelled);
                json.WriteString("spread", Lower(generated.Spread));
                json.WriteString("episode", generated.Episode is { } episode ? string.Create(CultureInfo.InvariantCulture, $"{episode.Topic}@{episode.Start:yyyy-MM-dd'T'HH:mm:sszzz}") : null);
                json.WriteEndObject();
            }

            file.Stream.Write(line.WrittenSpan);
            file.Stream.WriteByte((byte)'\n');
        }

        public void Finish() => file.Finish();

        public void Complete() => file.Complete();

        public void Dispose() => file.Dispose();

        private static string Lower(Enum value) => value.ToString().ToLowerInvariant();
    }
}
