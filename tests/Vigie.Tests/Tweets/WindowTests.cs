using System.Text;
using CsCheck;
using Vigie.Tweets;

namespace Vigie.Tests.Tweets;

/// <summary>Where the window over a file happens to end makes no difference to its rows.</summary>
public sealed class WindowTests
{
    [Fact]
    public void Delimited_rows_are_the_same_through_any_window() =>
        Compare("ab,,\"\"\"\r\n\n", 60, window => new DelimitedRows(window, (byte)',', quoted: true), rows => rows.Count, (rows, column) => rows[column]);

    [Fact]
    public void Json_rows_are_the_same_through_any_window() =>
        Compare("{}\"\":,text \n\n", 80, Json, _ => 1, (rows, _) => rows[Field.Text]);

    private delegate ReadOnlySpan<byte> FieldOf<TRows>(TRows rows, int column);

    private static void Compare<TRows>(string letters, int length, Func<ByteWindow, TRows> open, Func<TRows, int> count, FieldOf<TRows> field)
        where TRows : TweetRows
    {
        Gen<string> pieces = Gen.OneOf(Gen.Char[letters].Select(letter => letter.ToString()), Gen.Const("{\"text\":\"a\"}\n"), Gen.Const("\"a\"\"b\",c\r\n"));
        Gen.Select(pieces.Array[0, length].Select(string.Concat), Gen.Int[1, 12]).Sample(
            (content, capacity) => Assert.Equal(Rows(content, ByteWindow.DefaultCapacity), Rows(content, capacity)), iter: 2000, threads: 1);

        List<string> Rows(string content, int capacity)
        {
            TRows rows = open(new ByteWindow(new MemoryStream(Encoding.ASCII.GetBytes(content)), capacity));
            var found = new List<string>();
            while (true)
            {
                RowOutcome outcome = rows.Read();
                if (outcome == RowOutcome.End) return found;
                int columns = outcome == RowOutcome.Row ? count(rows) : 0;
                found.Add($"{rows.Line} {outcome} {string.Join('|', Enumerable.Range(0, columns).Select(column => Encoding.ASCII.GetString(field(rows, column))))}");
            }
        }
    }

    private static JsonRows Json(ByteWindow window)
    {
        var rows = new JsonRows(window);
        rows.Place(Field.Text, "text");
        return rows;
    }
}
