using System.Globalization;
using System.Reflection;
using System.Text;

namespace Vigie.Server;

/// <summary>All settings there are, as data and as a Markdown page (docs/settings.md).</summary>
public static class SettingsPage
{
    /// <summary>Every setting of an options record, nested ones included, in the order of declaration.</summary>
    /// <param name="options">The record's type.</param>
    public static IReadOnlyList<DescribedSetting> List(Type options)
    {
        Leaf[] leaves = [.. Leaves(SectionShape.Of(options))];
        var paths = leaves.DistinctBy(leaf => SettingDescriptions.IdOf(leaf.Property)).ToDictionary(leaf => SettingDescriptions.IdOf(leaf.Property), leaf => leaf.Path, StringComparer.Ordinal);
        var descriptions = SettingDescriptions.Of(options, paths);
        return [.. leaves.Select(leaf => new DescribedSetting(leaf.Path, leaf.TypeName, leaf.IsSecret ? "" : leaf.Default, leaf.IsSecret, descriptions.Of(leaf.Property) ?? ""))];
    }

    /// <summary>The page.</summary>
    public static string Markdown(Type options)
    {
        var page = new StringBuilder();
        page.Append("""
            # Settings

            `vigie.yaml` in the working folder (or `--settings FILE`), then environment variables, then the command line: what comes later goes before what came
            earlier. A setting `tls.key` is `key` under `tls` in the file, `VIGIE__TLS__KEY` in the environment, `--set tls.key=…` on the command line. Lists are
            divided by commas outside the file. Times are written `500ms`, `90s`, `5m`, `1h30m` or `7d`. A setting marked *secret* is shown nowhere, and can stand
            in a file of its own that the setting of the same name with `_file` behind it names (`tls.password_file`).

            An unknown name, a value of the wrong type or one out of range stops the start, and the message says where it stands. The file is read as data: tags,
            anchors and aliases are refused. `./vigie settings` shows what holds and who said it; `./vigie settings --markdown > docs/settings.md` writes this page.


            """.ReplaceLineEndings("\n"));
        foreach (IGrouping<string, DescribedSetting> section in List(options).GroupBy(setting => setting.Path.Contains('.', StringComparison.Ordinal) ? setting.Path.Split('.')[0] : ""))
        {
            page.Append(section.Key.Length == 0 ? "## The server\n\n" : $"## {section.Key}\n\n").Append("| setting | type | default | meaning |\n|---|---|---|---|\n");
            foreach (DescribedSetting setting in section)
            {
                string shown = setting.IsSecret ? "*secret*" : setting.Default.Length == 0 ? "" : $"`{setting.Default}`";
                page.Append(CultureInfo.InvariantCulture, $"| `{setting.Path}` | {setting.Type} | {shown} | {setting.Description.Replace("|", "\\|", StringComparison.Ordinal)} |\n");
            }

            page.Append('\n');
        }

        return page.ToString().TrimEnd() + "\n";
    }

    internal static IEnumerable<Leaf> Leaves(SectionShape root) => Leaves(root, Activator.CreateInstance(root.Type)!, "");

    private static IEnumerable<Leaf> Leaves(SectionShape shape, object defaults, string prefix)
    {
        foreach ((string name, SettingProperty property) in shape.Properties.OrderBy(entry => entry.Value.Shape is SectionShape or MapShape { Entry: SectionShape })) // stable: a section's own first
        {
            object? value = property.Property.GetValue(defaults);
            foreach (Leaf leaf in Leaves(property, property.Shape, value, prefix + name)) yield return leaf;
        }
    }

    private static IEnumerable<Leaf> Leaves(SettingProperty property, SettingShape shape, object? value, string path) => shape switch
    {
        SectionShape section => Leaves(section, value ?? Activator.CreateInstance(section.Type)!, path + "."),
        MapShape { Entry: SectionShape section } => Leaves(section, Activator.CreateInstance(section.Type)!, path + ".NAME."),
        MapShape { Entry: ScalarShape entry } => [new Leaf(path + ".NAME", property.Property, entry.TypeName, "", property.IsSecret)],
        ListShape list => [new Leaf(path, property.Property, $"list of {(list.Item.Type == typeof(string) ? "texts" : list.Item.TypeName)}", ScalarShape.Format(value), property.IsSecret)],
        ScalarShape scalar => [new Leaf(path, property.Property, scalar.TypeName, ScalarShape.Format(value), property.IsSecret)],
        _ => [],
    };

    internal sealed record Leaf(string Path, PropertyInfo Property, string TypeName, string Default, bool IsSecret);
}

/// <summary>A setting that there is.</summary>
/// <param name="Path">Its name; <c>NAME</c> in it stands for one that whoever writes the settings chooses.</param>
/// <param name="Type">What it may be.</param>
/// <param name="Default">What holds where nobody says anything; empty for nothing.</param>
/// <param name="IsSecret">Whether its value is shown nowhere.</param>
/// <param name="Description">What it means.</param>
public sealed record DescribedSetting(string Path, string Type, string Default, bool IsSecret, string Description);
