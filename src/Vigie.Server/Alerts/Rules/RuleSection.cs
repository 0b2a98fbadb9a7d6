using System.Globalization;

namespace Vigie.Server;

/// <summary>Keys and values that stand together in a file of rules: the file itself, a rule, what is below one.</summary>
/// <param name="rule">As messages name the rule: <c>rule NAME: </c>; empty for the file.</param>
/// <param name="input">What stands there.</param>
/// <param name="prefix">Before the keys in messages.</param>
internal sealed class RuleSection(string rule, SettingInput input, string prefix)
{
    public string Rule => rule;

    public IReadOnlyDictionary<string, SettingInput> Entries { get; } = input is InputMap map ? map.Entries : new Dictionary<string, SettingInput>();

    public SettingInput? Find(string key) => Entries.GetValueOrDefault(key);

    /// <summary>Where a key stands, for a message.</summary>
    public string At(string key) => (Find(key) ?? input).Origin.Text;

    /// <summary>Place, rule and key, for a message.</summary>
    public string Where(string key) => $"{At(key)}: {rule}{prefix}{key}";

    /// <summary>Refuses keys that are not among some.</summary>
    public void Only(IReadOnlyList<string> keys)
    {
        foreach ((string key, SettingInput value) in Entries)
        {
            if (!keys.Contains(key)) throw Unknown(key, value, keys);
        }
    }

    public InvalidInputException Unknown(string key, SettingInput value, IReadOnlyList<string> keys) =>
        new($"{value.Origin.Text}: {rule}there is no key {prefix}{key}{(Spelling.Nearest(key, keys) is { } near ? $"; did you mean {near}?" : $"; expected one of {string.Join(", ", keys)}")}");

    public InvalidInputException Wrong(string key, string found, string expected) => new($"{Where(key)} is {found}; expected {expected}");

    public InvalidInputException Missing(string key, string expected) => new($"{input.Origin.Text}: {rule}{prefix}{key} is missing; expected {expected}");

    /// <summary>A single value; null where it is not said.</summary>
    public string? Text(string key) => Find(key) switch
    {
        null => null,
        InputText { Text: { } text } => text,
        { } other => throw Wrong(key, SettingsReader.Kind(other), "a single value"),
    };

    public string? Word(string key) => Text(key) is not { } text ? null : text.Length is > 0 and <= 64 && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-')
        ? text
        : throw Wrong(key, $"'{text}'", "a name of lower-case letters, digits, _ and -");

    public IReadOnlyList<string> Words(string key) => Find(key) switch
    {
        null => [],
        InputText { Text: { } text } => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        InputList list => [.. list.Items.Select(item => item is InputText { Text: { Length: > 0 } one } ? one : throw Wrong(key, $"a list with {SettingsReader.Kind(item)}", "a list of names, such as [email, slack]"))],
        { } other => throw Wrong(key, SettingsReader.Kind(other), "a list of names, such as [email, slack]"),
    };

    public T? Name<T>(string key, params ReadOnlySpan<string> also)
        where T : struct, Enum
    {
        if (Text(key) is not { } text) return null;
        if (ScalarShape.TryOf(typeof(T))!.Parse(text) is T value) return value;
        string[] names = [.. also, .. Enum.GetValues<T>().Select(one => RuleDescription.NameOf(one))];
        throw Wrong(key, $"'{text}'", Spelling.Nearest(text, names) is { } near ? $"{Choices<T>(also)}; did you mean {near}?" : Choices<T>(also));
    }

    public static string Choices<T>(params ReadOnlySpan<string> also)
        where T : struct, Enum
    {
        string[] names = [.. also, .. Enum.GetValues<T>().Select(one => RuleDescription.NameOf(one))];
        return $"{string.Join(", ", names[..^1])} or {names[^1]}";
    }

    public long Number(string key, long missing, long least, long most)
    {
        if (Text(key) is not { } text) return missing;
        if (ScalarShape.TryOf(typeof(long))!.Parse(text) is long value && value >= least && value <= most) return value;
        throw Wrong(key, $"'{text}'", string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}"));
    }

    public TimeSpan Time(string key, TimeSpan missing, TimeSpan least, TimeSpan most)
    {
        if (Text(key) is not { } text) return missing;
        if (!Duration.TryParse(text, out TimeSpan time)) throw Wrong(key, $"'{text}'", Duration.Form);
        return time >= least && time <= most ? time : throw Wrong(key, text, $"{Duration.Format(least)} to {Duration.Format(most)}");
    }

    /// <summary>A time of whole minutes, by which figures are kept.</summary>
    public TimeSpan Minutes(string key, TimeSpan missing, TimeSpan most)
    {
        TimeSpan time = Time(key, missing, TimeSpan.FromMinutes(1), most);
        return time.Ticks % TimeSpan.TicksPerMinute == 0 ? time : throw Wrong(key, Text(key)!, "whole minutes, by which figures are kept, such as 5m or 1h");
    }

    /// <summary>Milliseconds.</summary>
    public double? Latency(string key)
    {
        if (Text(key) is not { } text) return null;
        if (!Duration.TryParse(text, out TimeSpan time)) throw Wrong(key, $"'{text}'", "a latency with its unit, such as 200ms or 1.5s");
        return time > TimeSpan.Zero && time <= TimeSpan.FromHours(1) ? time.TotalMilliseconds : throw Wrong(key, text, "more than 0ms and at most 1h");
    }

    /// <summary>A share as <c>5 %</c> or <c>0.05</c>.</summary>
    public double Share(string key, double missing, double least, double most)
    {
        if (Text(key) is not { } text) return missing;
        bool percent = text.EndsWith('%');
        if (!double.TryParse(percent ? text[..^1].TrimEnd() : text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out double number))
            throw Wrong(key, $"'{text}'", "a share such as 5 % or 0.05");
        double share = percent ? number / 100 : number;
        if (share >= least && share <= most) return share;
        string range = $"{RuleDescription.Percent(least)} to {RuleDescription.Percent(most)}";
        throw Wrong(key, $"'{text}'", percent || number <= 1 ? range : string.Create(CultureInfo.InvariantCulture, $"a share from {range}; did you mean {number} %?"));
    }
}
