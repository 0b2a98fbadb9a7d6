using System.Text;
using System.Text.Json;

namespace Vigie.Tweets;

/// <summary>JSON Lines: one object on each line. Properties of the object itself are fields; of a nested <c>user</c>, its screen name.</summary>
internal sealed class JsonRows(ByteWindow window) : TweetRows
{
    private readonly byte[]?[] names = new byte[FieldCount][];
    private readonly byte[][] values = Enumerable.Repeat(Array.Empty<byte>(), FieldCount).ToArray();
    private readonly int[] lengths = new int[FieldCount];
    private readonly bool[] present = new bool[FieldCount];
    private long nextLine = 1;

    /// <summary>Says which property holds a field.</summary>
    public void Place(Field field, string name) => names[(int)field] = Encoding.UTF8.GetBytes(name);

    /// <summary>Every name at the top of the objects read, in order of appearance; gathered only where this was given.</summary>
    public HashSet<string>? Seen { get; init; }

    public override ReadOnlySpan<byte> this[Field field] => values[(int)field].AsSpan(0, lengths[(int)field]);

    public override RowOutcome Read()
    {
        while (true)
        {
            if (window.Bytes.IsEmpty && !window.More()) return RowOutcome.End;
            Line = nextLine++;
            int length = window.FindLineEnd();
            if (length < 0)
            {
                window.SkipLine();
                return Malformed($"a line of at most {ByteWindow.MaxRow >> 20} MiB", "a longer one");
            }

            ReadOnlySpan<byte> line = window.Bytes[..length];
            RowOutcome outcome = line.Trim(" \t\r"u8).IsEmpty ? RowOutcome.End : Parse(line);
            window.Advance(Math.Min(length + 1, window.Bytes.Length));
            if (outcome != RowOutcome.End) return outcome;
        }
    }

    private RowOutcome Parse(ReadOnlySpan<byte> line)
    {
        Array.Clear(lengths);
        Array.Clear(present);
        try
        {
            var json = new Utf8JsonReader(line);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject) return Malformed("a JSON object", FieldText.Quote(Encoding.UTF8.GetString(line)));
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                Seen?.Add(json.GetString()!);
                int field = FieldOf(ref json);
                bool user = json.ValueTextEquals("user"u8);
                json.Read();
                if (user && json.TokenType == JsonTokenType.StartObject) ReadUser(ref json);
                else if (field < 0) json.Skip();
                else if (!Take(ref json, field)) return Malformed($"a string, a number or null in '{Encoding.UTF8.GetString(names[field]!)}'", $"{json.TokenType}");
            }

            // Nothing but blanks may follow the object.
            while (json.Read()) { }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: an escaped lone surrogate, which no string of bytes can hold.
            return Malformed("a JSON object", $"{FieldText.Quote(Encoding.UTF8.GetString(line))} ({error.Message})");
        }

        if (names[(int)Field.Text] is { } text && !present[(int)Field.Text])
            return Malformed($"a property '{Encoding.UTF8.GetString(text)}'", FieldText.Quote(Encoding.UTF8.GetString(line)));
        return RowOutcome.Row;
    }

    private int FieldOf(ref Utf8JsonReader json)
    {
        for (int field = 0; field < names.Length; field++)
        {
            if (names[field] is { } name && json.ValueTextEquals(name)) return field;
        }

        return -1;
    }

    private bool Take(ref Utf8JsonReader json, int field)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.String:
                if (values[field].Length < json.ValueSpan.Length) values[field] = new byte[json.ValueSpan.Length * 2];
                lengths[field] = json.CopyString(values[field]);
                break;
            case JsonTokenType.Number:
                values[field] = json.ValueSpan.ToArray();
                lengths[field] = values[field].Length;
                break;
            case JsonTokenType.Null when field != (int)Field.Text:
                break;
            default:
                return false;
        }

        return present[field] = true;
    }

    private void ReadUser(ref Utf8JsonReader json)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            bool author = json.ValueTextEquals("screen_name"u8);
            json.Read();
            if (author && json.TokenType == JsonTokenType.String) Take(ref json, (int)Field.Author);
            else json.Skip();
        }
    }
}
