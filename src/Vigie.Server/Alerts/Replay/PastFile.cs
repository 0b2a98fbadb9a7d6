using System.Globalization;
using System.Text;
using System.Text.Json;
using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>Records in a text file: JSON lines, or delimited text with a header; plain or packed.</summary>
internal sealed class PastFile(DataFile file, bool isJson) : IPastRecords
{
    /// <summary>Rows may be out of order by so much: several threads wrote them.</summary>
    private static readonly TimeSpan Disorder = TimeSpan.FromMinutes(1);

    private readonly PastRow row = new();
    private DateTimeOffset last = DateTimeOffset.MinValue;

    public bool HasRequests { get; private set; }

    public double Done => file.Length is > 0 and { } length ? (double)file.BytesRead / length : 0;

    public IEnumerable<PastRecord> Read(DateTimeOffset from, DateTimeOffset to, bool texts)
    {
        foreach (PastRecord record in Unpacked(isJson ? Json() : Delimited()))
        {
            if (record.Kind is PastKind.Requests) HasRequests = true;
            if (record.At >= from && record.At < to) yield return record;
        }
    }

    public void Dispose() => file.Dispose();

    private IEnumerable<PastRecord> Unpacked(IEnumerable<PastRecord> rows)
    {
        using IEnumerator<PastRecord> all = rows.GetEnumerator();
        while (Next()) yield return all.Current;

        bool Next()
        {
            try
            {
                return all.MoveNext();
            }
            catch (Exception failure) when (failure is IOException or InvalidDataException)
            {
                throw DataFile.AsInvalidInput(file.Path, failure);
            }
        }
    }

    private IEnumerable<PastRecord> Json()
    {
        var window = new ByteWindow(file.Content);
        for (long line = 1; ; line++)
        {
            int end = window.FindLineEnd();
            if (end < 0) throw Wrong(line, $"longer than {ByteWindow.MaxRow >> 20} MiB; expected one JSON object a line");
            if (end == 0 && window.AtEnd && window.Bytes.IsEmpty) yield break;
            if (Object(window.Bytes[..end], line)) yield return Ordered(line);
            window.Advance(Math.Min(end + 1, window.Bytes.Length));
        }
    }

    private bool Object(ReadOnlySpan<byte> text, long line)
    {
        if (line == 1 && text.StartsWith("\uFEFF"u8)) text = text[3..];
        if (text.IndexOfAnyExcept(" \t\r"u8) < 0) return false;
        row.Clear();
        var reader = new Utf8JsonReader(text);
        try
        {
            if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject) throw Wrong(line, "expected one JSON object, as {\"kind\": \"prediction\", …}");
            while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
            {
                PastField field = PastRow.FieldOf(reader.ValueSpan);
                reader.Read();
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.Number) Set(field, ref reader, line);
                else if (reader.TokenType is JsonTokenType.Null || field is PastField.Other) reader.Skip();
                else throw Wrong(line, $"{PastRow.NameOf(field)} is {reader.TokenType}; expected a text or a number");
            }

            if (reader.Read()) throw Wrong(line, "something follows the object; expected one a line");
        }
        catch (JsonException fault)
        {
            throw Wrong(line, $"not JSON: {fault.Message}", fault);
        }

        return true;
    }

    private void Set(PastField field, ref Utf8JsonReader reader, long line)
    {
        if (field is PastField.Other) return;
        if (reader.TokenType is JsonTokenType.String && reader.ValueIsEscaped) Set(field, Encoding.UTF8.GetBytes(reader.GetString()!), line);
        else Set(field, reader.ValueSpan, line);
    }

    private IEnumerable<PastRecord> Delimited()
    {
        var window = new ByteWindow(file.Content);
        window.Fill();
        if (window.Bytes.StartsWith("\uFEFF"u8)) window.Advance(3);
        ReadOnlySpan<byte> header = window.Bytes[..Math.Max(0, window.FindLineEnd())];
        byte delimiter = header.Contains((byte)'\t') ? (byte)'\t' : header.Contains((byte)';') ? (byte)';' : (byte)',';
        var rows = new DelimitedRows(window, delimiter, quoted: true);
        if (rows.Read() is not RowOutcome.Row) throw Wrong(1, "expected a header with the names of the columns");
        PastField[] columns = [.. Enumerable.Range(0, rows.Count).Select(column => PastRow.FieldOf(rows[column].Trim((byte)' ')))];
        foreach (PastField needed in (PastField[])[PastField.Kind, PastField.At])
        {
            if (!columns.Contains(needed)) throw Wrong(1, $"there is no column {PastRow.NameOf(needed)}; expected a header such as {PastRow.Names}");
        }

        rows.Columns = columns.Length;
        while (rows.Read() is var outcome and not RowOutcome.End)
        {
            if (outcome is RowOutcome.Malformed) throw Wrong(rows.Line, $"expected {rows.Expected}, found {rows.Found}");
            row.Clear();
            for (int column = 0; column < columns.Length; column++)
            {
                if (columns[column] is not PastField.Other && !rows[column].IsEmpty) Set(columns[column], rows[column], rows.Line);
            }

            yield return Ordered(rows.Line);
        }
    }

    private void Set(PastField field, ReadOnlySpan<byte> value, long line)
    {
        if (row.TrySet(field, value)) return;
        string found = Encoding.UTF8.GetString(value[..Math.Min(value.Length, 60)]);
        throw Wrong(line, $"{PastRow.NameOf(field)} is '{found}'; expected {PastRow.Expected(field)}");
    }

    private PastRecord Ordered(long line)
    {
        if (row.Missing() is { } missing) throw Wrong(line, $"{PastRow.NameOf(missing)} is missing; expected {PastRow.Expected(missing)}");
        PastRecord record = row.ToRecord(line);
        if (record.At + Disorder < last) throw Wrong(line, string.Create(CultureInfo.InvariantCulture, $"at is {record.At:O}, before {last:O} of a line above; sort the file by at"));
        if (record.At < last) return record with { At = last };
        last = record.At;
        return record;
    }

    private InvalidInputException Wrong(long line, string message, Exception? cause = null)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"{file.Path}:{line}: {message}");
        return cause is null ? new InvalidInputException(text) : new InvalidInputException(text, cause);
    }
}
