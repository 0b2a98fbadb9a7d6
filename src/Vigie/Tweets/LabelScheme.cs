namespace Vigie.Tweets;

/// <summary>
/// How a file writes its labels. Whatever the scheme, case and blanks around the label do not matter and <c>1.0</c> is <c>1</c>.
/// </summary>
/// <remarks>
/// A bare 0, 1 or 2 means different things in different files, so the first rows (the first MiB) decide for the whole file:
/// a −1 makes it −1/0/1; a 4 makes it 0/2/4; 1 and 2 together make it 0/1/2; else a 1 makes it 0/1. Where only 0 was seen, 0 is negative
/// and the first 1 or 4 settles the rest. A 2 with neither 1 nor 4 before it is ambiguous, and a value that belongs to another scheme than
/// the one decided on contradicts it: both end the reading, even where malformed rows are skipped, because rows already read may have been misread.
/// </remarks>
public enum LabelScheme
{
    /// <summary>negative/neutral/positive, or neg/neu/pos.</summary>
    Words,

    /// <summary>0 negative, 1 positive.</summary>
    ZeroOne,

    /// <summary>0 negative, 2 neutral, 4 positive: Sentiment140's polarity.</summary>
    ZeroTwoFour,

    /// <summary>0 negative, 1 neutral, 2 positive: TweetEval's class numbers.</summary>
    ZeroOneTwo,

    /// <summary>−1 negative, 0 neutral, 1 positive.</summary>
    MinusOneToOne,
}
