using System.Runtime.InteropServices;

namespace Vigie.Tweets;

/// <summary>What decides the side of a row.</summary>
public enum SplitRule
{
    /// <summary>The file's own <c>split</c> column where it has one, else <see cref="Hash"/>.</summary>
    Given,

    /// <summary>
    /// <see cref="TextHash"/>: 80 % train, 10 % validation, 10 % test, within every class alike. A row never changes sides, whatever is added around it.
    /// </summary>
    Hash,

    /// <summary>Time: the oldest 80 % train, the newest 10 % test. Rows of the same instant stay together.</summary>
    Time,
}

/// <summary>How a file is split.</summary>
public sealed record SplitOptions
{
    /// <summary>What decides the side of a row.</summary>
    public SplitRule Rule { get; init; }

    /// <summary>Whether texts that differ in case, links, @mentions, punctuation or spacing alone count as duplicates too.</summary>
    public bool DropNearDuplicates { get; init; }

    /// <summary>How the file is read. Its sample is taken of the rows that are left after duplicates, or by rank where the file has one.</summary>
    public TweetReaderOptions Reading { get; init; } = new();
}

/// <summary>One side of a split, counted.</summary>
/// <param name="Rows">Rows on this side.</param>
/// <param name="Negative">Negative ones.</param>
/// <param name="Neutral">Neutral ones.</param>
/// <param name="Positive">Positive ones.</param>
public sealed record SideCount(int Rows, int Negative, int Neutral, int Positive);

/// <summary>What a split did.</summary>
public sealed record SplitReport
{
    /// <summary>The files written.</summary>
    public required IReadOnlyList<string> Outputs { get; init; }

    /// <summary>The SHA-256 of the input's own bytes.</summary>
    public required string InputDigest { get; init; }

    /// <summary>What decided the sides.</summary>
    public required SplitRule Rule { get; init; }

    /// <summary>Rows left out because an earlier row has the same text and the same label.</summary>
    public required long Duplicates { get; init; }

    /// <summary>Texts that occur with different labels.</summary>
    public required long ConflictingTexts { get; init; }

    /// <summary>Rows left out because of it: all of them, since no row says which label is right.</summary>
    public required long ConflictingRows { get; init; }

    /// <summary>Rows that the sample does not take.</summary>
    public required long OutsideSample { get; init; }

    /// <summary>The training side.</summary>
    public required SideCount Train { get; init; }

    /// <summary>The validation side.</summary>
    public required SideCount Validation { get; init; }

    /// <summary>The test side.</summary>
    public required SideCount Test { get; init; }

    /// <summary>What the reading met with.</summary>
    public required TweetReadReport Reading { get; init; }
}

/// <summary>
/// Splits a labelled file into training, validation and test rows: duplicates are left out, texts with contradicting labels are left out altogether, and samples of
/// growing size contain one another. Reads the file twice; keeps about 60 bytes a row, no text.
/// </summary>
public static class TweetSplitter
{
    private const byte Dropped = 255;

    /// <summary>Splits a file. The outputs appear together when all are complete.</summary>
    /// <param name="input">The file to split; not a pipe.</param>
    /// <param name="output">A file to write all sides to (.csv or .jsonl, with a split column), or a folder for train.csv, validation.csv and test.csv.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="progress">Told every few thousand rows, for either reading.</param>
    /// <param name="cancellation">Ends the work with nothing written.</param>
    /// <exception cref="InvalidInputException">The input cannot be used or changed while it was read, holds one class only, a time is missing, or the output cannot be written.</exception>
    public static SplitReport Run(
        string input, string output, SplitOptions? options = null, IProgress<ReadProgress>? progress = null, CancellationToken cancellation = default)
    {
        options ??= new SplitOptions();
        TweetReaderOptions reading = options.Reading with { RequireLabels = true };
        reading.Validate();
        Selection selection = Select(input, options, reading, progress, cancellation);

        // Samples were taken among what is left; the second reading takes rows by number.
        using TweetReader reader = TweetReader.Open(input, reading with { Sample = null }, progress, cancellation);
        using var sides = new SideWriters(output, TweetImport.ColumnsOf(reader.Shape) | TweetColumns.Split);
        while (reader.Next())
        {
            byte side = reader.Row <= selection.Sides.Count ? selection.Sides[(int)reader.Row - 1] : Dropped;
            if (side != Dropped) sides.Write(reader.Current() with { Split = (Split)side });
        }

        if (reader.Digest != selection.Digest) throw new InvalidInputException($"{input}: changed while it was read; nothing was written");
        sides.Complete();
        return new SplitReport
        {
            Outputs = sides.Paths,
            InputDigest = selection.Digest,
            Rule = selection.Rule,
            Duplicates = selection.Duplicates,
            ConflictingTexts = selection.ConflictingTexts,
            ConflictingRows = selection.ConflictingRows,
            OutsideSample = selection.OutsideSample,
            Train = sides[Split.Train],
            Validation = sides[Split.Validation],
            Test = sides[Split.Test],
            Reading = selection.Reading,
        };
    }

    private sealed record Selection(
        List<byte> Sides, string Digest, SplitRule Rule, long Duplicates, long ConflictingTexts, long ConflictingRows, long OutsideSample, TweetReadReport Reading);

    // The first row of a text; the hash is that of its own text, the key may be that of its words.
    private record struct Candidate(int Row, ulong Hash, Sentiment Label, Split? Given, long Ticks, int Rows, bool Conflict);

    private static Selection Select(
        string input, SplitOptions options, TweetReaderOptions reading, IProgress<ReadProgress>? progress, CancellationToken cancellation)
    {
        using TweetReader reader = TweetReader.Open(input, reading.Sample is null ? reading : reading with { Sample = null }, progress, cancellation);
        SplitRule rule = options.Rule != SplitRule.Given ? options.Rule : reader.Shape.HasSplit ? SplitRule.Given : SplitRule.Hash;
        if (rule == SplitRule.Time && reader.Shape.TimeColumn is null)
            throw new InvalidInputException($"{input}: a split by time needs a column of times; there are {string.Join(", ", reader.Shape.Columns)}");
        int? ranks = reader.Shape.HasRank ? reading.Sample : null;
        var places = new Dictionary<ulong, int>();
        var candidates = new List<Candidate>();
        long outside = 0;
        while (reader.Next())
        {
            if (reader.Rank >= ranks)
            {
                outside++;
                continue;
            }

            ulong hash = TextHash.Of(reader.Text);
            ref int place = ref CollectionsMarshal.GetValueRefOrAddDefault(
                places, options.DropNearDuplicates ? NearText.HashOf(reader.Text) : hash, out bool known);
            if (known)
            {
                Candidate first = candidates[place];
                candidates[place] = first with { Rows = first.Rows + 1, Conflict = first.Conflict || first.Label != reader.Label };
                continue;
            }

            place = candidates.Count;
            long ticks = rule == SplitRule.Time ? TimeOf(reader, input) : 0;
            candidates.Add(new Candidate(checked((int)reader.Row), hash, reader.Label!.Value, reader.Split, ticks, 1, false));
        }

        string digest = reader.Digest;
        List<Candidate> kept = candidates.FindAll(candidate => !candidate.Conflict);
        List<Candidate> conflicts = candidates.FindAll(candidate => candidate.Conflict);
        long duplicates = kept.Sum(candidate => candidate.Rows - 1L);
        if (kept.Count == 0)
        {
            throw new InvalidInputException(
                $"{input}: no row is left to split: {conflicts.Sum(c => (long)c.Rows)} have texts with contradicting labels, {outside} are outside the sample");
        }

        if (kept.TrueForAll(candidate => candidate.Label == kept[0].Label))
            throw new InvalidInputException($"{input}: all {kept.Count} rows left to split are labelled {kept[0].Label.ToString().ToLowerInvariant()}; at least two classes are needed");
        if (ranks is null && reading.Sample is { } size && size < kept.Count)
        {
            outside = kept.Count - size;
            kept.Sort((left, right) => (left.Hash, left.Row).CompareTo((right.Hash, right.Row)));
            kept.RemoveRange(size, kept.Count - size);
        }

        List<byte> sides = [.. Enumerable.Repeat(Dropped, checked((int)reader.Report.Rows))];
        foreach ((Candidate candidate, Split side) in Assign(input, kept, rule)) sides[candidate.Row - 1] = (byte)side;
        return new Selection(sides, digest, rule, duplicates, conflicts.Count, conflicts.Sum(candidate => (long)candidate.Rows), outside, reader.Report);
    }

    private static IEnumerable<(Candidate, Split)> Assign(string input, List<Candidate> kept, SplitRule rule)
    {
        if (rule != SplitRule.Time) return kept.Select(row => (row, rule == SplitRule.Given ? row.Given!.Value : TextHash.SplitOf(row.Hash)));
        kept.Sort((left, right) => (left.Ticks, left.Row).CompareTo((right.Ticks, right.Row)));
        int validation = From(kept.Count * 8L / 10), test = From(kept.Count * 9L / 10);
        if (validation == test || test == kept.Count)
            throw new InvalidInputException($"{input}: too few different times to split {kept.Count} rows by; use the rule 'hash'");
        return kept.Select((row, index) => (row, index < validation ? Split.Train : index < test ? Split.Validation : Split.Test));

        // The first row at or after a place whose time is not that of the row before.
        int From(long place)
        {
            int at = (int)place;
            while (at > 0 && at < kept.Count && kept[at].Ticks == kept[at - 1].Ticks) at++;
            return at;
        }
    }

    private static long TimeOf(TweetReader reader, string input) =>
        reader.Current().CreatedAt?.UtcTicks
        ?? throw new InvalidInputException($"{input}: row {reader.Row} has no readable time in column '{reader.Shape.TimeColumn}', and a split by time needs all of them");
}
