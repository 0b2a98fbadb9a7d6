using System.Collections;

namespace Vigie.Server;

/// <summary>From what the sources said to records of options.</summary>
internal sealed class SettingsReader(SectionShape root)
{
    private const int MaxSecretBytes = 64 << 10;

    private readonly List<EffectiveSetting> effective = [];
    private readonly List<string> secrets = [];

    public IReadOnlyList<EffectiveSetting> Effective => effective;

    /// <summary>Values that may appear nowhere.</summary>
    public IReadOnlyList<string> Secrets => secrets;

    /// <summary>What stands there, in words.</summary>
    public static string Kind(SettingInput input) => input switch
    {
        InputMap => "names with values",
        InputList => "a list",
        InputText { Text: null } => "nothing",
        _ => "a single value",
    };

    public object Section(SettingInput input, object options) => Section(input, options, root, "");

    private object Section(SettingInput? input, object options, SectionShape shape, string prefix)
    {
        IReadOnlyDictionary<string, SettingInput> said = input switch
        {
            null or InputText { Text: null } => new Dictionary<string, SettingInput>(),
            InputMap map => map.Entries,
            _ => throw new InvalidInputException($"{input.Origin.Text}: {prefix.TrimEnd('.')} is {Kind(input)}; expected {string.Join(", ", shape.Properties.Keys.Take(3))}… below it"),
        };
        foreach ((string name, SettingInput value) in said)
        {
            if (!shape.Properties.ContainsKey(name) && !(IsFileOfSecret(name, shape) is { })) throw Unknown(prefix + name, name, value, shape);
        }

        foreach ((string name, SettingProperty property) in shape.Properties)
        {
            SettingInput? value = property.IsSecret ? Secret(prefix, name, said) : said.GetValueOrDefault(name);
            Set(options, property, prefix + name, value);
        }

        return options;
    }

    private void Set(object options, SettingProperty property, string path, SettingInput? input)
    {
        if (property.Shape is SectionShape section)
        {
            // A section that is null by default stays so until something of it is said.
            object? nested = property.Property.GetValue(options);
            if (nested is null && input is null or InputText { Text: null }) return;
            property.Property.SetValue(options, Section(input, Copy(nested, section), section, path + "."));
            return;
        }

        if (input is not null) property.Property.SetValue(options, Value(property.Shape, path, input, property.IsNullable, property.IsSecret));
        if (property.Shape is MapShape { Entry: SectionShape }) return; // each entry listed what is in it
        object? held = property.Property.GetValue(options);
        bool isDefault = input is null or { Origin.Layer: SettingOrigin.Default };
        if (property.IsSecret && held is string { Length: > 0 } secret) secrets.Add(secret);
        string shown = held is IDictionary map ? string.Join(", ", map.Keys.Cast<object>().Select(key => $"{key}: {ScalarShape.Format(map[key])}")) : ScalarShape.Format(held);
        effective.Add(new EffectiveSetting(path, property.IsSecret && shown.Length > 0 ? EffectiveSetting.Mask : shown, isDefault ? "default" : input!.Origin.Text, isDefault));
    }

    private object? Value(SettingShape shape, string path, SettingInput input, bool nullable, bool secret) => (shape, input) switch
    {
        (ScalarShape or ListShape, InputText { Text: null }) when nullable => null,
        (ListShape list, InputText { Text: null or "" }) => List(list, path, []),
        (MapShape map, InputText { Text: null or "" }) => Map(map, path, new Dictionary<string, SettingInput>()),
        (ScalarShape scalar, InputText { Text: { } text }) => scalar.Parse(text) ?? throw Wrong(path, input, secret ? EffectiveSetting.Mask : $"'{text}'", scalar.Expected),
        (ListShape list, InputText { Text: { } text } one) => List(list, path, [.. text.Split(',', StringSplitOptions.TrimEntries).Select(item => new InputText(one.Origin, item))]),
        (ListShape list, InputList many) => List(list, path, many.Items),
        (MapShape map, InputMap many) => Map(map, path, many.Entries),
        (SectionShape section, _) => Section(input, Copy(null, section), section, path + "."),
        _ => throw Wrong(path, input, Kind(input), shape switch
        {
            ScalarShape scalar => scalar.Expected,
            ListShape => "a list, such as [a, b]",
            _ => "names with values below it",
        }),
    };

    private IList List(ListShape shape, string path, IReadOnlyList<SettingInput> items)
    {
        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(shape.Item.Type))!;
        for (int i = 0; i < items.Count; i++) list.Add(Value(shape.Item, $"{path}[{i}]", items[i], nullable: false, secret: false));
        return list;
    }

    private IDictionary Map(MapShape shape, string path, IReadOnlyDictionary<string, SettingInput> entries)
    {
        var map = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), shape.Element))!;
        foreach ((string name, SettingInput entry) in entries) map.Add(name, Value(shape.Entry, $"{path}.{name}", entry, nullable: false, secret: false));
        return map;
    }

    /// <summary>A secret said outright, or by the file that holds it; the source that goes before the other decides.</summary>
    private static SettingInput? Secret(string prefix, string name, IReadOnlyDictionary<string, SettingInput> said)
    {
        SettingInput? outright = said.GetValueOrDefault(name), file = said.GetValueOrDefault(name + SettingProperty.FileSuffix);
        if (file is null || (outright is not null && outright.Origin.Layer > file.Origin.Layer)) return outright;
        string path = prefix + name;
        if (outright is not null && outright.Origin.Layer == file.Origin.Layer)
            throw new InvalidInputException($"{file.Origin.Text}: {path} and {path}{SettingProperty.FileSuffix} are both said; expected one of them");
        if (file is not InputText { Text: { Length: > 0 } place }) throw Wrong(path + SettingProperty.FileSuffix, file, Kind(file), "the path of a file");
        try
        {
            if (new FileInfo(place).Length > MaxSecretBytes) throw new InvalidInputException($"{file.Origin.Text}: {path}{SettingProperty.FileSuffix}: {place} is larger than {MaxSecretBytes >> 10} KiB");
            return new InputText(file.Origin, File.ReadAllText(place).TrimEnd('\r', '\n'));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new InvalidInputException($"{file.Origin.Text}: {path}{SettingProperty.FileSuffix}: cannot be read: {failure.Message}", failure);
        }
    }

    private static string? IsFileOfSecret(string name, SectionShape shape) =>
        name.EndsWith(SettingProperty.FileSuffix, StringComparison.Ordinal) && shape.Properties.TryGetValue(name[..^SettingProperty.FileSuffix.Length], out SettingProperty? secret) && secret.IsSecret ? name : null;

    // What an options record is by default may be shared; what is filled in is nobody else's.
    private static object Copy(object? defaults, SectionShape shape)
    {
        object made = Activator.CreateInstance(shape.Type)!;
        if (defaults is null) return made;
        foreach (var property in shape.Type.GetProperties().Where(property => property.SetMethod is not null && property.GetMethod is not null && property.GetIndexParameters().Length == 0))
            property.SetValue(made, property.GetValue(defaults));
        return made;
    }

    private InvalidInputException Unknown(string path, string name, SettingInput value, SectionShape shape)
    {
        string prefix = path[..^name.Length];
        string? meant = Spelling.Nearest(name, shape.Properties.Keys) is { } near ? prefix + near
            : SettingsPage.Leaves(root).Select(leaf => leaf.Path).FirstOrDefault(known => known.EndsWith("." + name, StringComparison.Ordinal))
            ?? Spelling.Nearest(path, SettingsPage.Leaves(root).Select(leaf => leaf.Path));
        return new InvalidInputException($"{value.Origin.Text}: there is no setting {path}{(meant is null ? "" : $"; did you mean {meant}?")}{(meant is null ? "; 'vigie settings' lists them all" : "")}");
    }

    private static InvalidInputException Wrong(string path, SettingInput input, string found, string expected) =>
        new($"{input.Origin.Text}: {path} is {found}; expected {expected}");
}
