using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Vigie.Tweets;

/// <summary>Which columns a written file has besides <c>text</c>.</summary>
[Flags]
public enum TweetColumns
{
    /// <summary>The text alone.</summary>
    None = 0,

    /// <summary>The position in the set's own random order.</summary>
    Rank = 1,

    /// <summary>train, validation or test.</summary>
    Split = 2,

    /// <summary>negative, neutral or positive.</summary>
    Label = 4,

    /// <summary>The publisher's identifier.</summary>
    Id = 8,

    /// <summary>The time, ISO 8601 with the offset it was read with.</summary>
    CreatedAt = 16,

    /// <summary>Who wrote it.</summary>
    Author = 32,
}

/// <summary>
/// Writes Vigie's own form: CSV (UTF-8, a header, the columns rank, split, label, id, created_at, author, text in this order, those that there are) or, under a name
/// in .jsonl or .ndjson, JSON Lines with the same names; packed where the name ends in .gz or .zst. The file appears when it is complete.
/// </summary>
public sealed class TweetWriter : IDisposable
{
    private static readonly SearchValues<char> Quoted = SearchValues.Create(",\"\r\n");
    private static readonly (TweetColumns Column, string Name)[] Names =
    [
        (TweetColumns.Rank, "rank"), (TweetColumns.Split, "split"), (TweetColumns.Label, "label"), (TweetColumns.Id, "id"),
        (TweetColumns.CreatedAt, "created_at"), (TweetColumns.Author, "author"),
    ];

    private readonly OutputFile file;
    private readonly TweetColumns columns;
    private readonly StreamWriter? csv;
    private readonly Utf8JsonWriter? json;
    private bool finished;

    private TweetWriter(string path, TweetColumns columns)
    {
        bool lines = FormOf(path) ?? throw new InvalidInputException($"{path}: name the file .csv or .jsonl, alone or followed by .gz or .zst");
        this.columns = columns;
        file = OutputFile.Create(path);
        if (lines)
        {
            // Texts go to a file, never into HTML.
            json = new Utf8JsonWriter(file.Stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
            return;
        }

        csv = new StreamWriter(file.Stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
        foreach ((TweetColumns column, string name) in Names)
        {
            if (columns.HasFlag(column)) csv.Write($"{name},");
        }

        csv.Write("text\n");
    }

    /// <summary>Begins a file.</summary>
    /// <exception cref="InvalidInputException">The name ends in no known form, or the file cannot be written.</exception>
    public static TweetWriter Create(string path, TweetColumns columns) => new(path, columns);

    /// <summary>Whether a name asks for a file that can be written.</summary>
    public static bool CanWrite(string path) => FormOf(path) is not null;

    /// <summary>Writes a row; what the tweet lacks stays empty.</summary>
    public void Write(Tweet tweet)
    {
        if (csv is not null) WriteCsv(csv, tweet);
        else WriteJson(json!, tweet);
    }

    /// <summary>Ends the file; it does not yet stand under its name. For several files that are to appear together.</summary>
    public void Finish()
    {
        if (finished) return;
        csv?.Dispose();
        json?.Dispose();
        file.Finish();
        finished = true;
    }

    /// <summary>Ends the file if it has not ended and gives it its name.</summary>
    public void Complete()
    {
        Finish();
        file.Complete();
    }

    /// <summary>Leaves no trace of a file that was not completed.</summary>
    public void Dispose() => file.Dispose(); // the writers over it would flush what nobody wants any more

    // True: JSON Lines. False: CSV. Null: neither.
    private static bool? FormOf(string path)
    {
        string name = path.ToLowerInvariant();
        if (Path.GetExtension(name) is ".gz" or ".zst") name = name[..^Path.GetExtension(name).Length];
        return Path.GetExtension(name) switch { ".csv" => false, ".jsonl" or ".ndjson" => true, _ => null };
    }

    private static string Word(Enum value) => value.ToString().ToLowerInvariant();

    private static string? Value(TweetColumns column, Tweet tweet) => column switch
    {
        TweetColumns.Rank => tweet.Rank?.ToString(CultureInfo.InvariantCulture),
        TweetColumns.Split => tweet.Split is { } split ? Word(split) : null,
        TweetColumns.Label => tweet.Label is { } label ? Word(label) : null,
        TweetColumns.Id => tweet.Id,
        TweetColumns.CreatedAt => tweet.CreatedAt?.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture),
        _ => tweet.Author,
    };

    private void WriteCsv(StreamWriter to, Tweet tweet)
    {
        foreach ((TweetColumns column, _) in Names)
        {
            if (!columns.HasFlag(column)) continue;
            WriteField(to, Value(column, tweet) ?? "");
            to.Write(',');
        }

        // An empty text in the only column would be a blank line.
        if (columns == TweetColumns.None && tweet.Text.Length == 0) to.Write("\"\"");
        WriteField(to, tweet.Text);
        to.Write('\n');
    }

    private static void WriteField(StreamWriter to, string value)
    {
        if (!value.AsSpan().ContainsAny(Quoted))
        {
            to.Write(value);
            return;
        }

        to.Write('"');
        to.Write(value.Replace("\"", "\"\"", StringComparison.Ordinal));
        to.Write('"');
    }

    private void WriteJson(Utf8JsonWriter to, Tweet tweet)
    {
        to.WriteStartObject();
        foreach ((TweetColumns column, string name) in Names)
        {
            if (!columns.HasFlag(column)) continue;
            if (column == TweetColumns.Rank && tweet.Rank is { } rank) to.WriteNumber(name, rank);
            else if (Value(column, tweet) is { } value) to.WriteString(name, Whole(value));
        }

        to.WriteString("text", Whole(tweet.Text));
        to.WriteEndObject();
        to.Flush();
        file.Stream.WriteByte((byte)'\n');
        to.Reset();
    }

    // JSON cannot hold a lone surrogate; CSV's encoder replaces it in the same way.
    private static string Whole(string text)
    {
        foreach (char letter in text)
        {
            if (char.IsSurrogate(letter)) return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        }

        return text;
    }
}
