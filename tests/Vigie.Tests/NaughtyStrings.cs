using System.Text.Json;

namespace Vigie.Tests;

/// <summary>
/// Texts that have broken programs before, for every verb, endpoint and pipeline that takes text. A test takes them one by one:
/// <c>[Theory, MemberData(nameof(NaughtyStrings.All), MemberType = typeof(NaughtyStrings))]</c>, or all of them: <see cref="Texts"/>.
/// </summary>
public static class NaughtyStrings
{
    // What the published list cannot hold, or lacks: broken UTF-16, NUL, and what the command line itself reads in a special way.
    private static readonly string[] Own =
    [
        "", " ", "\0", "\uD800", "\uDC00\uD800", "a\uD83Db", "\uFEFF", "@handle", "@/etc/passwd", "--", "-", "--help", "[diagram]", "\u001b[2J",
        "\r\n", "{", "\"", "'", "\\", "😀👩‍👩‍👧‍👦🏴‍☠️", new string('a', 100_000), string.Concat(Enumerable.Repeat("e\u0301", 5_000)), "#", "@", "http://", "&#x110000;", "&#0;", "&amp",
    ];

    public static IReadOnlyList<string> Texts => field ??= [.. Own, .. Published()];

    /// <summary>One row per text: its number, and the text.</summary>
    public static IEnumerable<TheoryDataRow<int>> All => Enumerable.Range(0, Texts.Count).Select(i => new TheoryDataRow<int>(i));

    private static string[] Published()
    {
        string path = SharedData.Find("data/naughty-strings.json");
        return File.Exists(path) ? JsonSerializer.Deserialize<string[]>(File.ReadAllText(path))! : [];
    }
}
