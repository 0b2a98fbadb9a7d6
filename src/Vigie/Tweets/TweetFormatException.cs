namespace Vigie.Tweets;

/// <summary>A row of a tweet file is malformed. The message names the file, the row, what was expected and what was found.</summary>
public sealed class TweetFormatException : InvalidInputException
{
    /// <summary>Creates the exception for one row.</summary>
    /// <param name="path">The file as the caller named it.</param>
    /// <param name="row">The data row, counted from 1; a header is not counted.</param>
    /// <param name="line">The line of the file that the row starts on, counted from 1.</param>
    /// <param name="expected">What should have been there.</param>
    /// <param name="found">What was there.</param>
    public TweetFormatException(string path, long row, long line, string expected, string found)
        : base($"{path}: row {row} (line {line}): expected {expected}, found {found}")
    {
        Path = path;
        Row = row;
        Line = line;
        Expected = expected;
        Found = found;
    }

    /// <summary>The file as the caller named it.</summary>
    public string Path { get; }

    /// <summary>The data row, counted from 1; a header is not counted.</summary>
    public long Row { get; }

    /// <summary>The line that the row starts on, counted from 1.</summary>
    public long Line { get; }

    /// <summary>What should have been there.</summary>
    public string Expected { get; }

    /// <summary>What was there.</summary>
    public string Found { get; }
}
