using System.Globalization;
using System.Text.Json;
using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>Finds and checks the tweets of a batch as it arrives, whatever its form.</summary>
internal abstract class BatchParser(TweetParser tweets, TweetSpool spool)
{
    /// <summary>Set by the body for the tweets that do not say it themselves.</summary>
    public bool? Explain { get; protected set; }

    /// <inheritdoc cref="Explain"/>
    public double? Threshold { get; protected set; }

    protected TweetParser Tweets => tweets;

    protected TweetSpool Spool => spool;

    public static BatchParser Of(BatchForm form, TweetParser tweets, TweetSpool spool) => form switch
    {
        BatchForm.Json => new JsonBatchParser(tweets, spool),
        BatchForm.Lines => new LineBatchParser(tweets, spool),
        _ => new CsvBatchParser(tweets, spool),
    };

    /// <summary>Takes in what can be read so far.</summary>
    /// <param name="bytes">What was left before, and what has arrived.</param>
    /// <param name="last">Whether nothing follows.</param>
    /// <returns>How much of it is done with; all of it where nothing follows.</returns>
    /// <exception cref="RequestException">It is not of its form, a field is wrong, or there are too many tweets.</exception>
    public abstract int Take(ArraySegment<byte> bytes, bool last);
}

/// <summary>JSON lines: a tweet on each, blank ones passed over.</summary>
internal sealed class LineBatchParser(TweetParser tweets, TweetSpool spool) : BatchParser(tweets, spool)
{
    private long line;

    public override int Take(ArraySegment<byte> bytes, bool last)
    {
        ReadOnlySpan<byte> rest = bytes;
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)'\n');
            if (end < 0 && !last) break;
            ReadOnlySpan<byte> text = end < 0 ? rest : rest[..end];
            line++;
            if (text.IndexOfAnyExcept(" \t\r"u8) >= 0) Spool.Add(Parse(text));
            rest = rest[(end < 0 ? text.Length : end + 1)..];
        }

        return bytes.Count - rest.Length;
    }

    private PredictionRequest Parse(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text, TweetParser.Strict);
        try
        {
            reader.Read();
            PredictionRequest tweet = Tweets.Parse(ref reader, TweetPlace.Line(line))!; // nothing is missing: the line is whole
            reader.Read(); // fails where something follows
            return tweet;
        }
        catch (JsonException fault)
        {
            throw TweetParser.NotJson(fault, line);
        }
    }
}

/// <summary>CSV: a header, then a tweet in each row.</summary>
internal sealed class CsvBatchParser(TweetParser tweets, TweetSpool spool) : BatchParser(tweets, spool)
{
    private readonly ArrivingRows rows = new("the body");

    public override int Take(ArraySegment<byte> bytes, bool last)
    {
        rows.Hand(bytes, last);
        try
        {
            while (rows.Next()) Spool.Add(Tweets.OfRow(rows));
        }
        catch (TweetFormatException fault)
        {
            string line = string.Create(CultureInfo.InvariantCulture, $"line {fault.Line}");
            throw RequestException.WrongField(line, string.Create(CultureInfo.InvariantCulture, $"{line} (tweet {fault.Row}): expected {fault.Expected}, found {fault.Found}"));
        }
        catch (InvalidInputException fault) when (fault is not RequestException)
        {
            throw RequestException.WrongField("text", fault.Message);
        }

        return rows.Used;
    }
}
