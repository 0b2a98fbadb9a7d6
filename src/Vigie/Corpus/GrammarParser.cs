using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Vigie.Corpus;

/// <summary>
/// Reads <c>.grammar</c> files. A header at the left margin opens a rule (<c>rule city</c>), a topic (<c>topic delay 9 3 2</c>) or a
/// section of the open topic (<c>negative</c>); each indented line is one production of it. <c>#</c> at the margin starts a comment.
/// </summary>
internal sealed partial class GrammarParser
{
    private readonly Dictionary<string, GrammarRule> rules = new(StringComparer.Ordinal);
    private readonly List<(GrammarRule Rule, string File, int Line, string Source)> productions = [];
    private readonly List<(Topic Topic, string File, int Line)> topics = [];
    private int variableCount;

    public void Read(string file, string text)
    {
        GrammarRule? open = null;
        Topic? topic = null;
        int line = 0;
        foreach (string raw in text.Split('\n'))
        {
            line++;
            string content = raw.TrimEnd();
            if (content.Length == 0 || content[0] == '#') continue;
            if (content[0] == ' ')
            {
                productions.Add((open ?? throw new GrammarFormatException(file, line, "a production stands before the first header"), file, line, content.Trim()));
                continue;
            }

            string[] words = content.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            switch (words)
            {
                case ["rule", string name]:
                    (open, topic) = (Declare(name, file, line), null);
                    break;
                case ["topic", string name, string negative, string neutral, string positive]:
                    (open, topic) = (null, new Topic(name, [Weight(negative, file, line), Weight(neutral, file, line), Weight(positive, file, line)]));
                    topics.Add((topic, file, line));
                    break;
                case [string section] when topic is not null && Topic.Sections.Contains(section):
                    open = Declare(topic.Rule(section), file, line);
                    break;
                default:
                    throw new GrammarFormatException(file, line, $"expected 'rule NAME', 'topic NAME NEGATIVE NEUTRAL POSITIVE' or, in a topic, one of {string.Join(", ", Topic.Sections)}; found '{content}'");
            }
        }
    }

    public Grammar Build(TweetLanguage language)
    {
        foreach ((Topic topic, string file, int line) in topics)
            foreach (string section in Topic.Sections)
                if (!rules.ContainsKey(topic.Rule(section))) throw new GrammarFormatException(file, line, $"topic '{topic.Name}' has no section '{section}'");

        foreach (var rule in productions.GroupBy(production => production.Rule))
        {
            var compiled = rule.Select(production => new ProductionCompiler(this, production.File, production.Line, production.Source).Compile()).ToList();
            rule.Key.Body = new Choice([.. compiled.Select(branch => branch.Node)], [.. compiled.Select(branch => branch.Weight)]);
        }

        foreach (GrammarRule rule in rules.Values)
            if (rule.Body.Branches.Length == 0) throw new GrammarFormatException(rule.Name, 0, "the rule has no production");
        foreach (GrammarRule rule in rules.Values) RejectRecursion(rule, []);
        // By name, so that moving a topic to another file changes no corpus.
        return new Grammar(language, rules, [.. topics.Select(entry => entry.Topic).OrderBy(topic => topic.Name, StringComparer.Ordinal)], variableCount);
    }

    private GrammarRule Declare(string name, string file, int line) =>
        rules.TryAdd(name, new GrammarRule(name)) ? rules[name] : throw new GrammarFormatException(file, line, $"rule '{name}' is written twice");

    private static int Weight(string digits, string file, int line) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int weight) ? weight : throw new GrammarFormatException(file, line, $"'{digits}' is not a weight (a whole number)");

    // A rule that reaches itself could expand for ever, and would overwrite its own variables.
    private static void RejectRecursion(GrammarRule rule, List<string> path)
    {
        if (path.Contains(rule.Name)) throw new GrammarFormatException(rule.Name, 0, $"the rule reaches itself: {string.Join(" → ", path)} → {rule.Name}");
        path.Add(rule.Name);
        foreach (GrammarRule next in References(rule.Body)) RejectRecursion(next, path);
        path.RemoveAt(path.Count - 1);
    }

    internal static IEnumerable<GrammarRule> References(GrammarNode node) => node switch
    {
        RuleReference reference => [reference.Rule],
        Choice choice => choice.Branches.SelectMany(References),
        Sequence sequence => sequence.Children.SelectMany(References),
        _ => [],
    };

    [GeneratedRegex(@"^(\d+)\.\.(\d+)(?:/(\d+))?$", RegexOptions.CultureInvariant)]
    private static partial Regex Range();

    /// <summary>Recursive descent over one production. Variables are visible in the whole production, inner choices included.</summary>
    private sealed class ProductionCompiler(GrammarParser parser, string file, int line, string source)
    {
        private readonly Dictionary<string, int> variables = new(StringComparer.Ordinal);
        private int position;

        public (GrammarNode Node, int Weight) Compile()
        {
            Agreement own = Agreement.None;
            int tilde = source.LastIndexOf(" ~", StringComparison.Ordinal);
            if (tilde >= 0)
            {
                own = source[(tilde + 2)..] switch
                {
                    "m" or "s" => Agreement.MasculineSingular,
                    "f" => Agreement.FeminineSingular,
                    "mp" or "p" => Agreement.MasculinePlural,
                    "fp" => Agreement.FemininePlural,
                    string other => throw Problem($"agreement '~{other}' is none of ~m ~f ~mp ~fp ~s ~p"),
                };
                source = source[..tilde];
            }

            // Names first: a form may agree with a noun that is drawn further right.
            foreach (Match match in Binding().Matches(source))
                if (!variables.TryAdd(match.Groups[1].Value, parser.variableCount++)) throw Problem($"variable '{match.Groups[1].Value}' is drawn twice");

            (GrammarNode node, int weight) = Branch(own, nested: false);
            if (position < source.Length) throw Problem($"'{source[position]}' closes nothing");
            return (node, weight);
        }

        private (GrammarNode Node, int Weight) Branch(Agreement own, bool nested)
        {
            int weight = 1;
            if (position < source.Length && source[position] == '*')
            {
                int space = source.IndexOf(' ', position);
                if (space < 0) throw Problem("a weight is written '*3 ', before the words");
                weight = Weight(source[(position + 1)..space], file, line);
                position = space + 1;
            }

            var pieces = new List<GrammarNode>();
            var bindings = new List<(int, GrammarNode)>();
            var literal = new StringBuilder();
            while (position < source.Length)
            {
                char c = source[position];
                if (nested && c is '|' or '}') break;
                if (c is not ('<' or '[' or '{'))
                {
                    if (c == '\\' && position + 1 < source.Length) c = source[++position];
                    literal.Append(c);
                    position++;
                    continue;
                }

                if (literal.Length > 0) pieces.Add(new Literal(literal.ToString()));
                literal.Clear();
                pieces.Add(c == '{' ? Alternatives() : c == '<' ? Reference(bindings) : Forms());
            }

            if (literal.Length > 0) pieces.Add(new Literal(literal.ToString()));
            return (new Sequence([.. pieces], [.. bindings], own), weight);
        }

        private Choice Alternatives()
        {
            var branches = new List<(GrammarNode Node, int Weight)>();
            do
            {
                position++;
                branches.Add(Branch(Agreement.None, nested: true));
                if (position >= source.Length) throw Problem("a '{' is not closed");
            }
            while (source[position] == '|');
            position++;
            return new Choice([.. branches.Select(branch => branch.Node)], [.. branches.Select(branch => branch.Weight)]);
        }

        private GrammarNode Reference(List<(int, GrammarNode)> bindings)
        {
            string inner = Until('>');
            int equals = inner.IndexOf('=', StringComparison.Ordinal);
            if (equals >= 0)
            {
                int variable = variables[inner[..equals]];
                bindings.Add((variable, Target(inner[(equals + 1)..])));
                return new VariableReference(variable);
            }

            return variables.TryGetValue(inner, out int known) ? new VariableReference(known) : Target(inner);
        }

        private GrammarNode Target(string name)
        {
            if (name.StartsWith('$')) return new SlotReference(name[1..]);
            if (Range().Match(name) is { Success: true } range)
            {
                int least = Weight(range.Groups[1].Value, file, line), most = Weight(range.Groups[2].Value, file, line);
                int step = range.Groups[3].Success ? Weight(range.Groups[3].Value, file, line) : 1;
                return least <= most && step > 0 ? new NumberRange(least, most, step) : throw Problem($"the range <{name}> is empty");
            }

            return parser.rules.TryGetValue(name, out GrammarRule? rule) ? new RuleReference(rule) : throw Problem($"no rule is named '{name}'");
        }

        private AgreeingForms Forms()
        {
            string inner = Until(']');
            int colon = inner.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0 || !variables.TryGetValue(inner[..colon], out int variable)) throw Problem($"[{inner}] names no variable of this production; write [n:one|many] beside <n=rule>");
            string[] forms = inner[(colon + 1)..].Split('|');
            return forms.Length is >= 2 and <= 4 ? new AgreeingForms(variable, forms) : throw Problem($"[{inner}] has {forms.Length} forms, expected 2, 3 or 4");
        }

        private string Until(char close)
        {
            int end = source.IndexOf(close, position);
            if (end < 0) throw Problem($"a '{source[position]}' is not closed");
            string inner = source[(position + 1)..end];
            position = end + 1;
            return inner;
        }

        private GrammarFormatException Problem(string problem) => new(file, line, $"{problem} in: {source}");
    }

    [GeneratedRegex(@"<(\w+)=", RegexOptions.CultureInvariant)]
    private static partial Regex Binding();
}
