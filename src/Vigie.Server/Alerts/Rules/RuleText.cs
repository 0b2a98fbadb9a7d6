using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Vigie.Server;

/// <summary>Changes single values in a text of rules, and leaves all else as people wrote it: order, comments, spaces.</summary>
internal static class RuleText
{
    /// <summary>Sets values of a rule.</summary>
    /// <param name="yaml">A text that is right.</param>
    /// <param name="rule">The rule's name.</param>
    /// <param name="values">What its keys are to be, as a file writes them.</param>
    /// <returns>The text with those values; it has to be checked as any other.</returns>
    /// <exception cref="InvalidInputException">There is no such rule, or a value of it is a list.</exception>
    public static string With(string yaml, string rule, IReadOnlyDictionary<string, string> values)
    {
        Found found = Find(yaml, rule) ?? throw new InvalidInputException($"there is no rule {rule} in the file any more; load the rules again");
        var changes = new List<(int From, int To, string Text)>();
        foreach ((string key, string value) in values)
        {
            if (found.Values.TryGetValue(key, out (int From, int To)? place))
                changes.Add(place is { } one ? (one.From, one.To, value) : throw new InvalidInputException($"rule {rule}: {key} is not a single value; change it in the text"));
            else changes.Add(found.Added(yaml, key, value));
        }

        var text = new StringBuilder(yaml);
        // From the end, so that places before stay where they are; of several at one place the last is put in first.
        foreach ((int from, int to, string put) in changes.AsEnumerable().Reverse().OrderByDescending(change => change.From)) text.Remove(from, to - from).Insert(from, put);
        return text.ToString();
    }

    private static Found? Find(string yaml, string rule)
    {
        var events = new Parser(new Scanner(new StringReader(yaml), skipComments: true));
        events.Consume<StreamStart>();
        events.Consume<DocumentStart>();
        events.Consume<MappingStart>();
        while (!events.TryConsume<MappingEnd>(out _))
        {
            if (events.Consume<Scalar>().Value != "rules" || !events.TryConsume<SequenceStart>(out _))
            {
                events.SkipThisAndNestedEvents();
                continue;
            }

            while (!events.TryConsume<SequenceEnd>(out _))
            {
                if (Rule(events) is { } one && one.Name == rule) return one;
            }
        }

        return null;
    }

    private static Found Rule(Parser events)
    {
        bool isFlow = events.Consume<MappingStart>().Style == MappingStyle.Flow;
        var values = new Dictionary<string, (int, int)?>(StringComparer.Ordinal);
        string name = "";
        (int Key, int End) at = default;
        while (!events.TryConsume<MappingEnd>(out _))
        {
            Scalar key = events.Consume<Scalar>();
            if (events.Current is not Scalar value)
            {
                values[key.Value] = null;
                events.SkipThisAndNestedEvents();
                continue;
            }

            events.MoveNext();
            values[key.Value] = ((int)value.Start.Index, (int)value.End.Index);
            if (key.Value == "name") (name, at) = (value.Value, ((int)key.Start.Index, (int)value.End.Index));
        }

        return new Found(name, isFlow, at.Key, at.End, values);
    }

    /// <summary>A rule in its text.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="IsFlow">Whether it stands in braces.</param>
    /// <param name="Key">Where its key <c>name</c> begins.</param>
    /// <param name="End">Where its name ends.</param>
    /// <param name="Values">Where its values are; null for one that is more than a single value.</param>
    private sealed record Found(string Name, bool IsFlow, int Key, int End, Dictionary<string, (int From, int To)?> Values)
    {
        /// <summary>A key that is new, behind the name.</summary>
        public (int From, int To, string Text) Added(string yaml, string key, string value)
        {
            if (IsFlow) return (End, End, $", {key}: {value}");
            int line = yaml.IndexOf('\n', End), place = line < 0 ? yaml.Length : line > 0 && yaml[line - 1] == '\r' ? line - 1 : line;
            int indent = Key - (yaml.LastIndexOf('\n', Key) + 1);
            return (place, place, $"{(place < line ? "\r\n" : "\n")}{new string(' ', indent)}{key}: {value}");
        }
    }
}
