using Spectre.Console;
using Cell = Spectre.Console.Text; // plain Text is the namespace Vigie.Text here

namespace Vigie.Cli;

/// <summary>Tables for people.</summary>
internal static class Tables
{
    /// <summary>Prints rows under headers; a column whose every cell is a number (or empty) is aligned right.</summary>
    public static void PrintTable(this IAnsiConsole console, IReadOnlyList<string> headers, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var table = new Table { Border = TableBorder.Simple, UseSafeBorder = false };
        for (int column = 0; column < headers.Count; column++)
        {
            bool numbers = rows.Count > 0 && rows.All(row => IsNumber(row[column]));
            table.AddColumn(new TableColumn(new Cell(headers[column], new Style(decoration: Decoration.Bold))) { Alignment = numbers ? Justify.Right : Justify.Left });
        }

        foreach (IReadOnlyList<string> row in rows) table.AddRow(row.Select(cell => new Cell(Terminal.Printable(cell))));
        console.Write(table);
    }

    private static bool IsNumber(string cell) => cell.Length == 0 || cell.All(c => char.IsAsciiDigit(c) || " .,+-–%±×".Contains(c));
}
