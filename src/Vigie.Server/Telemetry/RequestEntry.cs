using System.Collections;
using System.Globalization;

namespace Vigie.Server;

/// <summary>The log's entry of one request: values by name, absent ones left out.</summary>
internal sealed class RequestEntry(string method, string route, int status, double milliseconds) : IReadOnlyList<KeyValuePair<string, object?>>
{
    private readonly List<KeyValuePair<string, object?>> values =
    [
        new("method", method), new("route", route), new("status", status), new("duration_ms", milliseconds),
    ];

    public int Count => values.Count;

    public KeyValuePair<string, object?> this[int index] => values[index];

    public static string Message(RequestEntry entry, Exception? failure) => entry.ToString();

    public void Add(string name, object? value)
    {
        if (value is not null) values.Add(new(name, value));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{method} {route} {status} in {milliseconds} ms");

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
