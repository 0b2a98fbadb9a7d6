using System.Globalization;

namespace Vigie.Server;

/// <summary>Lengths of time as people write them in settings: <c>90s</c>, <c>5m</c>, <c>1h30m</c>, <c>7d</c>, <c>250ms</c>.</summary>
public static class Duration
{
    /// <summary>What a message proposes.</summary>
    public const string Form = "a length of time such as 500ms, 90s, 5m, 1h30m or 7d";

    private static readonly (string Name, long Ticks)[] Units =
    [
        ("d", TimeSpan.TicksPerDay), ("h", TimeSpan.TicksPerHour), ("m", TimeSpan.TicksPerMinute), ("s", TimeSpan.TicksPerSecond), ("ms", TimeSpan.TicksPerMillisecond),
    ];

    /// <summary>Reads a length of time: numbers with their units, the larger units first; none is negative.</summary>
    public static bool TryParse(string text, out TimeSpan value)
    {
        ArgumentNullException.ThrowIfNull(text);
        value = default;
        decimal ticks = 0;
        int last = -1;
        for (int at = 0; at < text.Length;)
        {
            int unitAt = at;
            while (unitAt < text.Length && (char.IsAsciiDigit(text[unitAt]) || text[unitAt] == '.')) unitAt++;
            int end = unitAt;
            while (end < text.Length && char.IsAsciiLetterLower(text[end])) end++;
            int unit = Array.FindIndex(Units, known => text.AsSpan(unitAt, end - unitAt).SequenceEqual(known.Name));
            if (unit <= last || unitAt - at > 15 || !decimal.TryParse(text.AsSpan(at, unitAt - at), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal count)) return false;
            ticks += count * Units[unit].Ticks;
            (last, at) = (unit, end);
        }

        if (last < 0 || ticks > TimeSpan.MaxValue.Ticks) return false;
        value = new TimeSpan((long)ticks);
        return true;
    }

    /// <summary>As <see cref="TryParse"/> reads it, but for a minus sign where it is negative.</summary>
    public static string Format(TimeSpan value)
    {
        if (value == TimeSpan.Zero) return "0s";
        if (value < TimeSpan.Zero) return value == TimeSpan.MinValue ? "-" + Format(TimeSpan.MaxValue) : "-" + Format(-value);
        long rest = value.Ticks;
        string text = "";
        foreach ((string name, long ticks) in Units)
        {
            if (name == "ms")
            {
                if (rest > 0) text += string.Create(CultureInfo.InvariantCulture, $"{(decimal)rest / ticks:0.####}{name}");
            }
            else if (rest / ticks is > 0 and long count)
            {
                text += string.Create(CultureInfo.InvariantCulture, $"{count}{name}");
                rest %= ticks;
            }
        }

        return text;
    }
}
