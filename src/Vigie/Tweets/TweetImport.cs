namespace Vigie.Tweets;

/// <summary>What an import did.</summary>
/// <param name="Output">The file written.</param>
/// <param name="Rows">Rows written.</param>
/// <param name="InputDigest">The SHA-256 of the input's own bytes.</param>
/// <param name="Shape">What the input was recognised as.</param>
/// <param name="Reading">What the reading met with.</param>
public sealed record ImportReport(string Output, long Rows, string InputDigest, FileShape Shape, TweetReadReport Reading);

/// <summary>Rewrites any recognised tweet file in Vigie's own form (see <see cref="TweetWriter"/>); texts are not changed.</summary>
public static class TweetImport
{
    /// <summary>Reads one file and writes another, which appears when it is complete.</summary>
    /// <exception cref="InvalidInputException">The input cannot be used, or the output cannot be written.</exception>
    public static ImportReport Run(
        string input, string output, TweetReaderOptions? options = null, IProgress<ReadProgress>? progress = null, CancellationToken cancellation = default)
    {
        using TweetReader reader = TweetReader.Open(input, options, progress, cancellation);
        using TweetWriter writer = TweetWriter.Create(output, ColumnsOf(reader.Shape));
        foreach (Tweet tweet in reader) writer.Write(tweet);
        string digest = reader.Digest;
        writer.Complete();
        return new ImportReport(output, reader.Report.Taken, digest, reader.Shape, reader.Report);
    }

    /// <summary>The columns that a file of this shape can fill.</summary>
    internal static TweetColumns ColumnsOf(FileShape shape) =>
        (shape.HasRank ? TweetColumns.Rank : 0) | (shape.HasSplit ? TweetColumns.Split : 0) | (shape.LabelColumn is null ? 0 : TweetColumns.Label)
        | (shape.IdColumn is null ? 0 : TweetColumns.Id) | (shape.TimeColumn is null ? 0 : TweetColumns.CreatedAt) | (shape.AuthorColumn is null ? 0 : TweetColumns.Author);
}
