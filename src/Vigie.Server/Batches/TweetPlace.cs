using System.Globalization;

namespace Vigie.Server;

/// <summary>Where a tweet stands in a body: nowhere in particular, <c>tweets[5]</c>, <c>line 6</c>. Written out only when it has to be told.</summary>
/// <param name="List">The list that it stands in, or <c>line</c>; null where it is all of the body.</param>
/// <param name="Number">Its number there.</param>
internal readonly record struct TweetPlace(string? List, long Number)
{
    private const string LineName = "line ";

    /// <summary>A line, counted from 1.</summary>
    public static TweetPlace Line(long number) => new(LineName, number);

    public override string ToString() => List switch
    {
        null => "",
        LineName => string.Create(CultureInfo.InvariantCulture, $"{LineName}{Number}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{List}[{Number}]"),
    };
}

/// <summary>A field of a body, as refusals name it: <c>text</c>, <c>tweets[5].text</c>.</summary>
/// <param name="Tweet">The tweet.</param>
/// <param name="Name">The field of it; empty for the tweet itself.</param>
internal readonly record struct FieldPath(TweetPlace Tweet, string Name)
{
    public static implicit operator FieldPath(string name) => new(default, name);

    public override string ToString() => Tweet.List is null ? Name : Name.Length == 0 ? Tweet.ToString() : $"{Tweet}.{Name}";
}
