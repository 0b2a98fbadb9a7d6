using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Vigie.Server;

/// <summary>
/// What the settings mean: the documentation of the properties that hold them, from the file that the compiler writes beside the assembly. So a setting is
/// explained once, where it is declared, and the compiler insists on it.
/// </summary>
internal sealed partial class SettingDescriptions
{
    private readonly Dictionary<string, XElement> members;
    private readonly IReadOnlyDictionary<string, string> paths;

    private SettingDescriptions(Dictionary<string, XElement> members, IReadOnlyDictionary<string, string> paths) => (this.members, this.paths) = (members, paths);

    /// <exception cref="FileNotFoundException">The file was left out when the program was put together.</exception>
    public static SettingDescriptions Of(Type options, IReadOnlyDictionary<string, string> paths)
    {
        string file = Path.Combine(AppContext.BaseDirectory, options.Assembly.GetName().Name + ".xml");
        if (!File.Exists(file)) throw new FileNotFoundException($"{file} is missing, which explains the settings; it belongs to the program", file);
        return new SettingDescriptions(XDocument.Load(file).Descendants("member").ToDictionary(member => (string)member.Attribute("name")!, StringComparer.Ordinal), paths);
    }

    /// <summary>As XML documentation calls a property.</summary>
    public static string IdOf(PropertyInfo property) => $"P:{property.DeclaringType!.FullName}.{property.Name}";

    /// <summary>What a property means, as Markdown on one line; null where nobody said.</summary>
    public string? Of(PropertyInfo property) =>
        members.TryGetValue(IdOf(property), out XElement? member) && member.Element("summary") is { } summary && Text(summary) is { Length: > 0 } text ? text : null;

    private string Text(XElement element) => Spaces().Replace(string.Concat(element.Nodes().Select(Markdown)), " ").Trim();

    private string Markdown(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" or "paramref" } code => $"`{(code.IsEmpty ? (string?)code.Attribute("name") : code.Value)}`",
        XElement { Name.LocalName: "see" or "seealso" } see => $"`{NameOf((string?)see.Attribute("cref") ?? (string?)see.Attribute("langword") ?? see.Value)}`",
        XElement { Name.LocalName: "para" } paragraph => $" {Text(paragraph)} ",
        XElement other => Text(other),
        _ => "",
    };

    private string NameOf(string id) => paths.TryGetValue(id, out string? path) ? path : id[(id.LastIndexOf('.') + 1)..].Split('(')[0];

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
