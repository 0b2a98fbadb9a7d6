using System.Text;

namespace Vigie.Server;

/// <summary>Rows that go to PostgreSQL in one statement, column by column.</summary>
internal sealed class PostgresRows(string table, params string[] columns)
{
    private readonly List<object?>[] values = [.. columns.Select(_ => new List<object?>())];
    private readonly string[] names = [.. columns.Select(column => column.Split(' ')[0])];

    public int Count => values[0].Count;

    /// <summary>Adds a row, its values in the order of the columns.</summary>
    public void Add(params ReadOnlySpan<object?> row)
    {
        for (int i = 0; i < row.Length; i++) values[i].Add(row[i]);
    }

    /// <summary>Inserts the rows, but for those whose ids are there already.</summary>
    /// <returns>The ids of those that were inserted.</returns>
    public List<byte[]> Insert(PostgresSession session)
    {
        if (Count == 0) return [];
        string arrays = string.Join(", ", columns.Select((column, i) => $"${i + 1}::{column.Split(' ')[1]}[]"));
        List<byte[]> inserted = session.Rows(
            $"INSERT INTO {table} ({string.Join(", ", names)}) SELECT * FROM unnest({arrays}) ON CONFLICT (id) DO NOTHING RETURNING id",
            row => (byte[])row.GetValue(0),
            [.. columns.Select((column, i) => ArrayOf(column.Split(' ')[1], values[i]))]);
        foreach (List<object?> column in values) column.Clear();
        return inserted;
    }

    public void Clear()
    {
        foreach (List<object?> column in values) column.Clear();
    }

    /// <summary>A text as PostgreSQL takes it; null for none.</summary>
    public static string? Text(StoredText text) => text.IsThere ? Text(text.Bytes) : null;

    /// <summary>A text as PostgreSQL takes it: it knows no U+0000.</summary>
    public static string Text(ReadOnlySpan<byte> text) => Encoding.UTF8.GetString(text).Replace('\0', '\uFFFD');

    /// <summary>The hash of an author or a reporter; null for none.</summary>
    public static byte[]? Key(long? author)
    {
        if (author is not { } known) return null;
        byte[] key = new byte[8];
        RecordStore.WriteKey(known, key);
        return key;
    }

    private static Array ArrayOf(string type, List<object?> column) => type switch
    {
        "bytea" => column.Select(value => (byte[]?)value).ToArray(),
        "text" => column.Select(value => (string?)value).ToArray(),
        "float8" => column.Select(value => (double?)value).ToArray(),
        _ => column.Select(value => value is null ? (long?)null : Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture)).ToArray(),
    };
}
