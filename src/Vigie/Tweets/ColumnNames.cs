namespace Vigie.Tweets;

/// <summary>Finds the columns by their names. Case does not matter; of several known names in one header the first in Vigie's own list counts.</summary>
internal static class ColumnNames
{
    private static readonly string[][] Known = new string[Enum.GetValues<Field>().Length][];

    static ColumnNames()
    {
        Known[(int)Field.Text] = ["text", "full_text", "tweet", "tweet_text", "content", "message", "sentimenttext", "sentence", "body", "review", "comment"];
        Known[(int)Field.Label] =
            ["label", "sentiment", "polarity", "target", "airline_sentiment", "sentiment_label", "class", "category", "feeling", "labels", "y"];
        Known[(int)Field.Id] = ["id", "id_str", "tweet_id", "tweetid", "ids"];
        Known[(int)Field.CreatedAt] = ["created_at", "tweet_created", "createdat", "date", "time", "timestamp", "datetime"];
        Known[(int)Field.Author] = ["author", "user", "username", "user_name", "screen_name", "name"];
        Known[(int)Field.Rank] = ["rank"];
        Known[(int)Field.Split] = ["split"];
        Known[(int)Field.Language] = ["language", "lang"];
    }

    /// <summary>The column that holds each field, -1 where none does.</summary>
    /// <exception cref="InvalidInputException">A column that was asked for is missing or there twice, no text column is known, or labels are needed and no label column is known.</exception>
    public static int[] Map(string path, IReadOnlyList<string> columns, TweetReaderOptions options)
    {
        var map = new int[Known.Length];
        foreach (Field field in Enum.GetValues<Field>())
        {
            string? given = field switch { Field.Text => options.TextColumn, Field.Label => options.LabelColumn, _ => null };
            map[(int)field] = given is null ? ByName(path, columns, Known[(int)field]) : Given(path, columns, given, field);
        }

        // 'sentiment' is a label in one set and a text in none, but a column named by the caller is never also found by name.
        if (map[(int)Field.Label] == map[(int)Field.Text] && map[(int)Field.Label] >= 0)
        {
            if (options.LabelColumn is null) map[(int)Field.Label] = -1;
            else if (options.TextColumn is null) map[(int)Field.Text] = -1;
            else throw new InvalidInputException($"{path}: column '{options.TextColumn}' cannot be both the text and the label");
        }

        if (map[(int)Field.Text] < 0) throw Missing(path, columns, "text", Known[(int)Field.Text], "--text-column");
        if (map[(int)Field.Label] < 0 && options.RequireLabels) throw Missing(path, columns, "label", Known[(int)Field.Label], "--label-column");
        return map;
    }

    /// <summary>The column that holds each field, -1 where none does, by the known names alone.</summary>
    /// <exception cref="InvalidInputException">No text column is known, or one is there twice.</exception>
    public static int[] Locate(string source, IReadOnlyList<string> columns)
    {
        int[] map = [.. Known.Select(known => ByName(source, columns, known))];
        if (map[(int)Field.Text] >= 0) return map;
        throw new InvalidInputException($"{source}: no text column found; there are {List(columns)}. Name it {string.Join(", ", Known[(int)Field.Text])}");
    }

    /// <summary>Whether one of these names is the text's, known or given by the caller: it tells which delimiter a header has.</summary>
    public static bool HasText(IEnumerable<string> columns, TweetReaderOptions options) =>
        columns.Any(name => options.TextColumn is { } given ? Same(name, given) : Known[(int)Field.Text].Any(known => Same(name, known)));

    private static int ByName(string path, IReadOnlyList<string> columns, string[] known)
    {
        foreach (string name in known)
        {
            int found = Find(path, columns, name);
            if (found >= 0) return found;
        }

        return -1;
    }

    private static int Given(string path, IReadOnlyList<string> columns, string name, Field field)
    {
        int found = Find(path, columns, name);
        if (found >= 0) return found;
        throw new InvalidInputException($"{path}: no column '{name}' for the {field.ToString().ToLowerInvariant()}; there are {List(columns)}");
    }

    private static int Find(string path, IReadOnlyList<string> columns, string name)
    {
        int found = -1;
        for (int i = 0; i < columns.Count; i++)
        {
            if (!Same(columns[i], name)) continue;
            if (found >= 0) throw new InvalidInputException($"{path}: column '{name}' is there twice, as columns {found + 1} and {i + 1}; rename one");
            found = i;
        }

        return found;
    }

    private static InvalidInputException Missing(string path, IReadOnlyList<string> columns, string role, string[] known, string option) =>
        new($"{path}: no {role} column found; there are {List(columns)}. Vigie knows {string.Join(", ", known)}; name another with {option}");

    private static string List(IReadOnlyList<string> columns) => string.Join(", ", columns.Take(40).Select(FieldText.Quote)) + (columns.Count > 40 ? ", …" : "");

    private static bool Same(string left, string right) => string.Equals(left.Trim(), right, StringComparison.OrdinalIgnoreCase);
}
