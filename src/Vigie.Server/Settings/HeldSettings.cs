using System.Collections;

namespace Vigie.Server;

/// <summary>A setting with the value that holds in a server that runs.</summary>
/// <param name="Path">Its name.</param>
/// <param name="Value">As a file would say it; <see cref="EffectiveSetting.Mask"/> for a secret that is set, empty for nothing.</param>
/// <param name="Described">What it may be, what holds where nobody says anything, and what it means.</param>
public sealed record HeldSetting(string Path, string Value, DescribedSetting Described)
{
    /// <summary>Whether the value is another than where nobody says anything.</summary>
    public bool IsChanged => Value != Described.Default;
}

/// <summary>Reads the settings off options that are in use, whoever said them.</summary>
public static class HeldSettings
{
    /// <summary>Every setting, in the order of declaration; of those under names of the writer's own one for each name.</summary>
    /// <param name="options">A record of options.</param>
    public static IReadOnlyList<HeldSetting> Of(object options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Dictionary<string, DescribedSetting> described = SettingsPage.List(options.GetType()).ToDictionary(setting => setting.Path, StringComparer.Ordinal);
        return [.. Section(SectionShape.Of(options.GetType()), options, "", "").Select(leaf => new HeldSetting(leaf.Path, leaf.Value, described[leaf.Known]))];
    }

    private static IEnumerable<Leaf> Section(SectionShape shape, object options, string path, string known) => shape.Properties
        .OrderBy(entry => entry.Value.Shape is SectionShape or MapShape { Entry: SectionShape }) // stable: a section's own first, as on the page
        .SelectMany(entry => Value(entry.Value, entry.Value.Shape, entry.Value.Property.GetValue(options), path + entry.Key, known + entry.Key));

    private static IEnumerable<Leaf> Value(SettingProperty property, SettingShape shape, object? value, string path, string known) => shape switch
    {
        SectionShape section => Section(section, value ?? Activator.CreateInstance(section.Type)!, path + ".", known + "."),
        MapShape map => Entries(value).SelectMany(entry => Value(property, map.Entry, entry.Value, $"{path}.{entry.Key}", known + ".NAME")),
        _ => [new Leaf(path, known, Shown(property, ScalarShape.Format(value)))],
    };

    private static string Shown(SettingProperty property, string value) => property.IsSecret && value.Length > 0 ? EffectiveSetting.Mask : value;

    private static IEnumerable<(string Key, object? Value)> Entries(object? map) => map is IEnumerable entries
        ? entries.Cast<object>().Select(entry => ((string)entry.GetType().GetProperty("Key")!.GetValue(entry)!, entry.GetType().GetProperty("Value")!.GetValue(entry)))
        : [];

    private sealed record Leaf(string Path, string Known, string Value);
}
