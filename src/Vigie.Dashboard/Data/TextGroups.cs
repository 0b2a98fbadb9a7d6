using System.Globalization;
using System.Text;
using Vigie.Tweets;

namespace Vigie.Dashboard.Data;

/// <summary>One row of a group.</summary>
/// <param name="Row">The data row of the file, counted from 1.</param>
/// <param name="Text">Its text.</param>
/// <param name="Label">Its label; null for none.</param>
/// <param name="Side">Its side.</param>
internal sealed record GroupedRow(long Row, string Text, Sentiment? Label, Split Side);

/// <summary>Rows that have something in common that they should not have.</summary>
/// <param name="Total">Groups that there are.</param>
/// <param name="Rows">Rows in them.</param>
/// <param name="Groups">The groups, the largest first, as many as are kept.</param>
internal sealed record TextGroups(long Total, long Rows, IReadOnlyList<IReadOnlyList<GroupedRow>> Groups)
{
    /// <summary>Rows that are kept of each kind of group, for the list and the file.</summary>
    public const int MostRows = 20_000;

    /// <summary>Whether some groups are not kept.</summary>
    public bool IsCut => Groups.Count < Total;

    /// <summary>As a file: a row for each row, groups numbered.</summary>
    public Stream ToCsv()
    {
        var csv = new StringBuilder("group,row,label,side,text\r\n");
        for (int group = 0; group < Groups.Count; group++)
        {
            foreach (GroupedRow row in Groups[group])
                csv.Append(CultureInfo.InvariantCulture, $"{group + 1},{row.Row},{row.Label?.ToString().ToLowerInvariant()},{row.Side.ToString().ToLowerInvariant()},\"{row.Text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"\r\n");
        }

        return new MemoryStream(Encoding.UTF8.GetBytes(csv.ToString()));
    }

    /// <summary>Reads a file for the rows of its groups: duplicates, near duplicates, conflicts, and texts on several sides.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How it is read.</param>
    /// <param name="texts">What was counted of each text.</param>
    /// <param name="near">What was counted of texts with the same words.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Ends it.</param>
    public static TextGroups[] Collect(string path, TweetReaderOptions options, IReadOnlyDictionary<ulong, TextEntry> texts, IReadOnlyDictionary<ulong, NearEntry> near, IProgress<ReadProgress> progress, CancellationToken cancellation)
    {
        Wanted[] kinds =
        [
            Wanted.Of(texts.Where(text => text.Value.Rows.All > 1).Select(text => (text.Key, text.Value.Rows.All))),
            Wanted.Of(near.Where(words => words.Value.Texts > 1).Select(words => (words.Key, words.Value.Rows.All)), byWords: true),
            Wanted.Of(texts.Where(text => byte.PopCount(text.Value.Labels) > 1).Select(text => (text.Key, text.Value.Rows.All))),
            Wanted.Of(texts.Where(text => text.Value.Rows.IsOnSeveral).Select(text => (text.Key, text.Value.Rows.All))),
        ];
        if (kinds.Any(kind => kind.Groups.Count > 0))
        {
            using TweetReader reader = TweetReader.Open(path, options, progress, cancellation);
            foreach (Tweet tweet in reader)
            {
                ulong hash = TextHash.Of(tweet.Text);
                if (!texts.TryGetValue(hash, out TextEntry entry)) continue; // the file was changed, which its digest tells
                var row = new GroupedRow(reader.Row, tweet.Text, tweet.Label, tweet.Split ?? TextHash.SplitOf(hash));
                foreach (Wanted kind in kinds)
                {
                    if (kind.Groups.TryGetValue(kind.ByWords ? entry.Near : hash, out List<GroupedRow>? group)) group.Add(row);
                }
            }
        }

        return [.. kinds.Select(kind => new TextGroups(kind.Total, kind.Rows, [.. kind.Groups.Values.Where(group => group.Count > 0).OrderByDescending(group => group.Count).ThenBy(group => group[0].Row)]))];
    }

    private sealed record Wanted(long Total, long Rows, Dictionary<ulong, List<GroupedRow>> Groups, bool ByWords)
    {
        public static Wanted Of(IEnumerable<(ulong Key, int Rows)> found, bool byWords = false)
        {
            (ulong Key, int Rows)[] all = [.. found.OrderByDescending(group => group.Rows)];
            var groups = new Dictionary<ulong, List<GroupedRow>>();
            int kept = 0;
            foreach ((ulong key, int rows) in all)
            {
                if (kept + rows > MostRows) continue; // smaller ones may still have room
                groups.Add(key, new List<GroupedRow>(rows));
                kept += rows;
            }

            return new Wanted(all.Length, all.Sum(group => (long)group.Rows), groups, byWords);
        }
    }
}
