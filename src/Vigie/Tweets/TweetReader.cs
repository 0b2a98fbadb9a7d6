using System.Buffers.Text;
using System.Collections;
using System.Text;

namespace Vigie.Tweets;

/// <summary>
/// Reads a tweet file of any recognised form as a stream, in constant memory: Sentiment140 as published, delimited text with a header, JSON Lines; plain or as
/// .gz, .zip or .zst; each recognised by its content, never by its name. Enumerate it once, dispose it after.
/// </summary>
/// <remarks>Not thread-safe. A sample of a file without ranks holds its N rows in memory, because the last row may belong to it.</remarks>
public sealed class TweetReader : IEnumerable<Tweet>, IDisposable
{
    private const int RowsPerReport = 8192;

    private readonly string path;
    private readonly TweetReaderOptions options;
    private readonly IProgress<ReadProgress>? progress;
    private readonly CancellationToken cancellation;
    private readonly DataFile file;
    private readonly FileOpening opening;
    private readonly TweetRows rows;
    private readonly List<SkippedRow> skippedRows = [];
    private long row, taken, skipped, unlabelled, mojibake, replaced, unreadTimes;
    private bool enumerated, plain;
    private string? digest;

    private TweetReader(string path, TweetReaderOptions options, IProgress<ReadProgress>? progress, CancellationToken cancellation)
    {
        (this.path, this.options, this.progress, this.cancellation) = (path, options, progress, cancellation);
        options.Validate();
        file = DataFile.Open(path, options.Entry);
        try
        {
            opening = FileOpening.Of(file, options);
        }
        catch (Exception error)
        {
            file.Dispose();
            if (DataFile.AsInvalidInput(path, error) is InvalidInputException damaged && damaged != error) throw damaged;
            throw;
        }

        rows = opening.Rows;
    }

    /// <summary>Opens a file and recognises what it is.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How to read it; null for the defaults.</param>
    /// <param name="progress">Told every few thousand rows and at the end.</param>
    /// <param name="cancellation">Ends the reading with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="InvalidInputException">The file is absent, a folder, unreadable, empty, damaged, of an unknown form, or lacks a column.</exception>
    public static TweetReader Open(
        string path, TweetReaderOptions? options = null, IProgress<ReadProgress>? progress = null, CancellationToken cancellation = default) =>
        new(path, options ?? new TweetReaderOptions(), progress, cancellation);

    /// <summary>What the file was recognised as.</summary>
    public FileShape Shape => opening.Shape;

    /// <summary>What the reading met with so far.</summary>
    public TweetReadReport Report => new()
    {
        Rows = row,
        Taken = taken,
        Skipped = skipped,
        SkippedRows = [.. skippedRows],
        Unlabelled = unlabelled,
        Encoding = opening.Decoder.Name,
        Labels = opening.Labels?.Scheme,
        Mojibake = mojibake,
        ReplacementCharacters = replaced,
        UnreadTimes = unreadTimes,
    };

    /// <summary>The SHA-256 of the file's own bytes in lower-case hexadecimal; reads to the file's end if rows are left. The reading ends with it.</summary>
    public string Digest => digest ??= file.Digest();

    /// <summary>The row that <see cref="Next"/> found.</summary>
    internal string Text { get; private set; } = "";

    internal Sentiment? Label { get; private set; }

    internal long? Rank { get; private set; }

    internal Split? Split { get; private set; }

    /// <summary>The data row that was handed out last, counted from 1; malformed ones count, a header does not. Of a sample by text hash, which is handed out at the end, the file's last.</summary>
    public long Row => row;

    /// <summary>Whether the sample has to be taken by the caller of <see cref="Next"/>, by text hash.</summary>
    internal bool SamplesByHash => options.Sample is not null && !Shape.HasRank;

    /// <summary>Streams the rows. Only once: the file is read forward.</summary>
    /// <exception cref="TweetFormatException">A row is malformed and <see cref="OnError.Stop"/> holds.</exception>
    /// <exception cref="InvalidInputException">The file is damaged, has no row at all, or contradicts its own label scheme.</exception>
    public IEnumerator<Tweet> GetEnumerator()
    {
        if (enumerated) throw new InvalidOperationException($"{path} is read forward and only once; open it again");
        enumerated = true;
        return (SamplesByHash ? HashSampled(options.Sample!.Value) : Streamed()).GetEnumerator();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Closes the file.</summary>
    public void Dispose() => file.Dispose();

    /// <summary>Moves to the next row of the file, or of its ranked sample.</summary>
    internal bool Next()
    {
        while (true)
        {
            if (row % RowsPerReport == 0) Pulse();
            RowOutcome outcome = Read();
            if (outcome == RowOutcome.End) break;
            row++;
            if (outcome == RowOutcome.Malformed)
            {
                Skip(rows.Expected, rows.Found);
                continue;
            }

            if (!Interpret()) continue;
            if (options.Sample is { } sample && Rank is { } rank && rank >= sample) continue;
            Count();
            return true;
        }

        Pulse();
        if (row == 0) throw new InvalidInputException($"{path}: no rows, only {(Shape.Format == TweetFormat.Delimited ? "a header" : "blank lines")}");
        return false;
    }

    private RowOutcome Read()
    {
        try
        {
            return rows.Read();
        }
        catch (Exception error) when (DataFile.AsInvalidInput(path, error) is InvalidInputException)
        {
            throw new InvalidInputException($"{DataFile.AsInvalidInput(path, error).Message} (after row {row})", error);
        }
    }

    private bool Interpret()
    {
        if (!TryReadLabel()) return false;
        if (!opening.Decoder.TryDecode(rows[Field.Text], out string text, out bool ascii))
            return Skip($"text in {opening.Decoder.Name}", $"bytes that are not: {FieldText.Quote(Encoding.Latin1.GetString(rows[Field.Text]))}");
        Rank = null;
        Split = null;
        if (Shape.HasRank)
        {
            ReadOnlySpan<byte> field = rows[Field.Rank];
            if (!Utf8Parser.TryParse(field, out long rank, out int used) || used != field.Length || rank < 0)
                return Skip("a rank of 0 or more", Shown(field));
            Rank = rank;
        }

        if (Shape.HasSplit)
        {
            if (!TryReadSplit(rows[Field.Split], out Split side)) return Skip("a split of train, validation (val, valid, dev) or test", Shown(rows[Field.Split]));
            Split = side;
        }

        (Text, plain) = (text, ascii);
        return true;
    }

    private void Count()
    {
        taken++;
        if (Label is null) unlabelled++;
        if (plain) return;
        if (Mojibake.In(Text)) mojibake++;
        if (Text.Contains('\ufffd')) replaced++;
    }

    private bool TryReadLabel()
    {
        Label = null;
        if (opening.Labels is not { } labels) return true;
        LabelOutcome outcome = labels.Read(rows[Field.Label], out Sentiment label);
        if (outcome == LabelOutcome.Label)
        {
            Label = label;
            return true;
        }

        if (outcome == LabelOutcome.Empty) return !options.RequireLabels || Skip(labels.Expected, "none");

        // Never skipped: the rows before may have been misread.
        if (outcome == LabelOutcome.Contradiction) throw new TweetFormatException(path, row, rows.Line, labels.Expected, Shown(rows[Field.Label]));
        return Skip(labels.Expected, Shown(rows[Field.Label]));
    }

    private static bool TryReadSplit(ReadOnlySpan<byte> field, out Split split)
    {
        split = Tweets.Split.Train;
        if (Ascii.EqualsIgnoreCase(field, "train"u8) || Ascii.EqualsIgnoreCase(field, "training"u8)) return true;
        split = Tweets.Split.Test;
        if (Ascii.EqualsIgnoreCase(field, "test"u8)) return true;
        split = Tweets.Split.Validation;
        return Ascii.EqualsIgnoreCase(field, "val"u8) || Ascii.EqualsIgnoreCase(field, "validation"u8)
            || Ascii.EqualsIgnoreCase(field, "valid"u8) || Ascii.EqualsIgnoreCase(field, "dev"u8);
    }

    private bool Skip(string expected, string found)
    {
        if (options.OnError == OnError.Stop) throw new TweetFormatException(path, row, rows.Line, expected, found);
        skipped++;
        if (skippedRows.Count < options.ListedErrors) skippedRows.Add(new SkippedRow(row, rows.Line, expected, found));
        return false;
    }

    private void Pulse()
    {
        cancellation.ThrowIfCancellationRequested();
        progress?.Report(new ReadProgress(row, file.BytesRead, file.Length));
    }

    /// <summary>The row that <see cref="Next"/> found, with all its columns.</summary>
    internal Tweet Current()
    {
        DateTimeOffset? createdAt = null;
        if (Optional(Field.CreatedAt) is { } written)
        {
            if (Timestamps.TryRead(written, out DateTimeOffset time)) createdAt = time;
            else unreadTimes++;
        }

        return new Tweet(Text)
        {
            Id = Optional(Field.Id),
            Label = Label,
            CreatedAt = createdAt,
            Author = Optional(Field.Author)?.TrimStart('@'),
            Rank = Rank,
            Split = Split,
        };
    }

    // Bytes that are no text in the file's encoding are shown as they are: an identifier is not worth a row.
    private string? Optional(Field field)
    {
        ReadOnlySpan<byte> bytes = rows[field];
        return bytes.IsEmpty ? null : opening.Decoder.TryDecode(bytes, out string text, out _) ? text : Encoding.UTF8.GetString(bytes);
    }

    private IEnumerable<Tweet> Streamed()
    {
        while (Next()) yield return Current();
        RefuseNothing();
    }

    private IEnumerable<Tweet> HashSampled(int size)
    {
        var sample = new HashSample<Tweet>(size);
        while (Next())
        {
            ulong hash = TextHash.Of(Text);
            if (sample.Wants(hash)) sample.Offer(Current(), hash, row);
        }

        Tweet[] kept = [.. sample.InOrder()];
        taken = kept.Length;
        foreach (Tweet tweet in kept) yield return tweet;
        RefuseNothing();
    }

    /// <summary>A reading that hands out nothing is a mistake of the caller, never an empty result.</summary>
    internal void RefuseNothing()
    {
        if (taken > 0) return;
        throw new InvalidInputException(skipped == row
            ? $"{path}: no usable row; all {skipped} were malformed, the first because of: {Reason()}"
            : $"{path}: no row has a rank below {options.Sample}");

        string Reason() => skippedRows.Count > 0 ? $"expected {skippedRows[0].Expected}, found {skippedRows[0].Found}" : "(none is listed)";
    }

    private static string Shown(ReadOnlySpan<byte> field) => FieldText.Quote(Encoding.UTF8.GetString(field));
}
