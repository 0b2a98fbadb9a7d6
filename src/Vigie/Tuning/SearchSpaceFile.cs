using System.Globalization;
using Vigie.Recipes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Vigie.Tuning;

/// <summary>Reads a search space from YAML; <see cref="SearchSpace"/> shows the form.</summary>
public static class SearchSpaceFile
{
    private const int MostValues = 10_000;

    private static readonly string[] Known = ["recipe", "set", "parameters"], Domains = ["integer", "log_integer", "uniform", "log_uniform", "choices"];

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidInputException">It cannot be used; the message names file, line and column.</exception>
    public static SearchSpace Read(string path) => Parse(path, File.ReadAllText(path));

    /// <summary>Reads a text.</summary>
    /// <param name="name">Names it in messages.</param>
    /// <param name="text">YAML.</param>
    /// <exception cref="InvalidInputException">It cannot be used; the message names line and column.</exception>
    public static SearchSpace Parse(string name, string text)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException error)
        {
            throw new InvalidInputException($"{name}:{error.Start.Line}:{error.Start.Column}: not YAML: {error.InnerException?.Message ?? error.Message}");
        }
        return stream.Documents.Count > 0 && stream.Documents[0].RootNode is YamlMappingNode root ? new Reader(name).Read(root) : throw new InvalidInputException($"{name}: expected a mapping with recipe and parameters");
    }

    private sealed class Reader(string file)
    {
        public SearchSpace Read(YamlMappingNode root)
        {
            foreach (YamlNode key in root.Children.Keys) OneOf(key, Known, "a search space");
            YamlNode named = Field(root, "recipe") ?? throw Wrong(root, "no recipe: name one, or a list of them");
            string[] recipes = named is YamlSequenceNode list ? [.. list.Select(item => RecipeOf(item))] : [RecipeOf(named)];
            if (recipes.Length == 0 || recipes.Distinct().Count() < recipes.Length) throw Wrong(named, "recipe: expected different names, at least one");

            var fixedValues = new Dictionary<string, string>();
            foreach ((YamlNode key, YamlNode value) in Entries(Field(root, "set"), "set")) fixedValues[ParameterOf(key)] = Text(value, "a value");
            var dimensions = new List<SearchDimension>();
            if (recipes.Length > 1) dimensions.Add(new SearchDimension("recipe", new ChoiceDomain(recipes), new Dictionary<string, IReadOnlyList<string>>()));
            foreach ((YamlNode key, YamlNode value) in Entries(Field(root, "parameters"), "parameters"))
            {
                string parameter = ParameterOf(key);
                if (fixedValues.ContainsKey(parameter)) throw Wrong(key, $"'{parameter}' is set above, so it cannot vary");
                dimensions.Add(Dimension(parameter, value, dimensions));
            }
            if (dimensions.Count == 0) throw Wrong(root, "nothing varies: there are no parameters, and one recipe");
            return new SearchSpace(recipes, fixedValues, dimensions);
        }

        private SearchDimension Dimension(string name, YamlNode node, List<SearchDimension> before)
        {
            var when = new Dictionary<string, IReadOnlyList<string>>();
            if (node is YamlSequenceNode list) return new SearchDimension(name, Choices(list), when);
            if (node is not YamlMappingNode map) throw Wrong(node, $"{name}: expected a list of values, or one of {string.Join(", ", Domains)}");
            SearchDomain? domain = null;
            foreach ((YamlNode key, YamlNode value) in map.Children)
            {
                string kind = OneOf(key, [.. Domains, "when"], name);
                if (kind == "when")
                {
                    foreach ((YamlNode other, YamlNode values) in Entries(value, "when"))
                    {
                        string on = Text(other, "when");
                        SearchDimension known = before.Find(dimension => dimension.Name == on) ?? throw Wrong(other, $"when: '{on}' is no parameter above {name}");
                        string[] allowed = values is YamlSequenceNode several ? [.. several.Select(item => Text(item, "a value"))] : [Text(values, "a value")];
                        if (known.Domain is ChoiceDomain choices && allowed.FirstOrDefault(one => !choices.Values.Contains(one)) is { } never) throw Wrong(values, $"when: {on} is never '{never}'; it is one of {string.Join(", ", choices.Values)}");
                        when[on] = allowed;
                    }
                    continue;
                }
                if (domain is not null) throw Wrong(key, $"{name} has two domains");
                domain = kind switch
                {
                    "choices" => value is YamlSequenceNode items ? Choices(items) : throw Wrong(value, $"{name}: expected a list"),
                    "integer" or "log_integer" => Whole(name, value, kind == "log_integer"),
                    _ => Real(name, value, kind == "log_uniform"),
                };
            }
            return new SearchDimension(name, domain ?? throw Wrong(node, $"{name} has no domain: one of {string.Join(", ", Domains)}"), when);
        }

        private ChoiceDomain Choices(YamlSequenceNode list)
        {
            string[] values = [.. list.Select(item => Text(item, "a value"))];
            return values.Length is > 0 and <= MostValues && values.Distinct().Count() == values.Length ? new ChoiceDomain(values) : throw Wrong(list, $"expected different values, at least one and at most {MostValues:N0}");
        }

        private IntegerDomain Whole(string name, YamlNode node, bool isLogarithmic)
        {
            long[] bounds = [.. Bounds(name, node, 3).Select(item => long.TryParse(Text(item, name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole) ? whole : throw Wrong(item, $"{name}: '{item}' is no whole number"))];
            long step = bounds.Length > 2 ? bounds[2] : 1;
            if (bounds[0] > bounds[1] || step < 1 || (isLogarithmic && bounds[0] < 1) || bounds[1] - bounds[0] < 0) throw Wrong(node, $"{name}: expected [low, high{(isLogarithmic ? "], both at least 1" : "] or [low, high, step]")}, low first");
            return isLogarithmic && step > 1 ? throw Wrong(node, $"{name}: a logarithmic range has no step") : new IntegerDomain(bounds[0], bounds[1], isLogarithmic, step);
        }

        private RealDomain Real(string name, YamlNode node, bool isLogarithmic)
        {
            double[] bounds = [.. Bounds(name, node, 2).Select(item => double.TryParse(Text(item, name), NumberStyles.Float, CultureInfo.InvariantCulture, out double real) && double.IsFinite(real) ? real : throw Wrong(item, $"{name}: '{item}' is no number"))];
            return bounds[0] <= bounds[1] && (!isLogarithmic || bounds[0] > 0) ? new RealDomain(bounds[0], bounds[1], isLogarithmic) : throw Wrong(node, $"{name}: expected [low, high], low first{(isLogarithmic ? " and above 0" : "")}");
        }

        private IList<YamlNode> Bounds(string name, YamlNode node, int most) =>
            node is YamlSequenceNode list && list.Children.Count >= 2 && list.Children.Count <= most ? list.Children : throw Wrong(node, $"{name}: expected [low, high]");

        private string RecipeOf(YamlNode node)
        {
            string name = Text(node, "recipe");
            string[] names = [.. RecipeCatalog.All.Select(recipe => recipe.Name)];
            return names.Contains(name) ? name : throw Wrong(node, $"no recipe '{name}'{(Spelling.Nearest(name, names) is { } near ? $"; did you mean '{near}'?" : $"; there are {string.Join(", ", names)}")}");
        }

        private string ParameterOf(YamlNode node) => OneOf(node, [.. RecipeParameter.All.Select(parameter => parameter.Name)], "a recipe");

        private string OneOf(YamlNode node, string[] known, string what)
        {
            string word = Text(node, what);
            return known.Contains(word) ? word : throw Wrong(node, $"'{word}' means nothing in {what}{(Spelling.Nearest(word, known) is { } near ? $"; did you mean '{near}'?" : known.Length > 12 ? "" : $"; known are {string.Join(", ", known)}")}");
        }

        private IEnumerable<KeyValuePair<YamlNode, YamlNode>> Entries(YamlNode? node, string what) => node switch
        {
            null => [],
            YamlMappingNode map => map.Children,
            _ => throw Wrong(node, $"{what}: expected a mapping"),
        };

        private string Text(YamlNode node, string what) => node is YamlScalarNode { Value: { } value } ? value : throw Wrong(node, $"{what}: expected a single value");

        private static YamlNode? Field(YamlMappingNode map, string name) => map.Children.FirstOrDefault(entry => entry.Key is YamlScalarNode key && key.Value == name).Value;

        private InvalidInputException Wrong(YamlNode node, string what) => new($"{file}:{node.Start.Line}:{node.Start.Column}: {what}");
    }
}
