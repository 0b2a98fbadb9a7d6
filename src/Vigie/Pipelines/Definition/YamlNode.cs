using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Vigie.Pipelines;

/// <summary>A piece of a YAML file and where it stands.</summary>
internal abstract record YamlNode(FilePosition At)
{
    private const int Deepest = 100;

    /// <summary>What people call this kind of node.</summary>
    public abstract string Kind { get; }

    /// <summary>Where its text ends; of a list or mapping without brackets, where the last thing within it ends.</summary>
    public FilePosition End { get; init; }

    /// <summary>The first document of a text; null where it has none.</summary>
    /// <param name="file">For messages.</param>
    /// <param name="text">YAML 1.2.</param>
    /// <exception cref="PipelineException">It is not YAML, has a key twice, or goes deeper than a hundred levels.</exception>
    public static YamlNode? Parse(string file, string text)
    {
        try
        {
            var parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
            parser.Consume<StreamStart>();
            if (parser.Accept<StreamEnd>(out _)) return null;
            parser.Consume<DocumentStart>();
            YamlNode node = new Reader(file, parser).Read(0);
            parser.Consume<DocumentEnd>();
            if (parser.Accept<DocumentStart>(out DocumentStart? second)) throw new PipelineException(file, Place(second), "a second document begins here; expected one");
            return node;
        }
        catch (YamlException error) when (error is not null)
        {
            string reason = error.InnerException?.Message ?? error.Message;
            throw new PipelineException($"{file}:{error.Start.Line}:{error.Start.Column}: not YAML: {reason}{Marks(text)}", error);
        }
    }

    private static string Marks(string text) =>
        text.Contains("\n<<<<<<< ", StringComparison.Ordinal) || text.StartsWith("<<<<<<< ", StringComparison.Ordinal) ? " (it holds conflict marks of git: settle the merge first)" : "";

    private static FilePosition Place(ParsingEvent at) => new((int)at.Start.Line, (int)at.Start.Column);

    private static FilePosition Finish(ParsingEvent at) => new((int)at.End.Line, (int)at.End.Column);

    private sealed class Reader(string file, Parser parser)
    {
        private readonly Dictionary<string, YamlNode> anchors = [];

        public YamlNode Read(int depth)
        {
            ParsingEvent next = parser.Current ?? throw new PipelineException(file, new FilePosition(1, 1), "the file ends in the middle");
            if (depth > Deepest) throw new PipelineException(file, Place(next), $"nested deeper than {Deepest} levels");
            switch (next)
            {
                case AnchorAlias:
                    AnchorAlias alias = parser.Consume<AnchorAlias>();
                    return anchors.TryGetValue(alias.Value.Value, out YamlNode? known) ? known : throw new PipelineException(file, Place(next), $"*{alias.Value.Value}: nothing has this anchor before it");
                case Scalar:
                    Scalar scalar = parser.Consume<Scalar>();
                    return Named(scalar.Anchor, new YamlScalar(Place(scalar), scalar.Value, scalar.Style == ScalarStyle.Plain && (scalar.Tag.IsEmpty || scalar.Tag.IsNonSpecific)) { End = Finish(scalar) });
                case SequenceStart:
                    return ReadSequence(depth);
                case MappingStart:
                    return ReadMapping(depth);
                default:
                    throw new PipelineException(file, Place(next), $"expected a value, found {next.GetType().Name}");
            }
        }

        private YamlSequence ReadSequence(int depth)
        {
            SequenceStart start = parser.Consume<SequenceStart>();
            var items = new List<YamlNode>();
            while (!parser.Accept<SequenceEnd>(out _)) items.Add(Read(depth + 1));
            SequenceEnd end = parser.Consume<SequenceEnd>();
            bool isFlow = start.Style == SequenceStyle.Flow;
            return Named(start.Anchor, new YamlSequence(Place(start), items) { IsFlow = isFlow, End = isFlow ? Finish(end) : items.Count > 0 ? items[^1].End : Place(start) });
        }

        private YamlMapping ReadMapping(int depth)
        {
            MappingStart start = parser.Consume<MappingStart>();
            var entries = new List<(YamlScalar Key, YamlNode Value)>();
            var names = new HashSet<string>();
            var merged = new List<YamlMapping>();
            while (!parser.Accept<MappingEnd>(out _))
            {
                if (Read(depth + 1) is not YamlScalar key) throw new PipelineException(file, Place(parser.Current!), "a key must be a word, not a list or a mapping");
                YamlNode value = Read(depth + 1);
                if (key is { IsPlain: true, Text: "<<" })
                {
                    merged.AddRange(value switch
                    {
                        YamlMapping one => [one],
                        YamlSequence several when several.Items.All(item => item is YamlMapping) => several.Items.Cast<YamlMapping>(),
                        _ => throw new PipelineException(file, value.At, "<<: expected a mapping, or a list of them"),
                    });
                }
                else if (!names.Add(key.Text))
                {
                    throw new PipelineException(file, key.At, $"the key '{key.Text}' is there twice");
                }
                else
                {
                    entries.Add((key, value));
                }
            }
            MappingEnd end = parser.Consume<MappingEnd>();
            bool isFlow = start.Style == MappingStyle.Flow;
            FilePosition last = isFlow ? Finish(end) : entries.Count > 0 ? entries[^1].Value.End : Place(start);
            foreach ((YamlScalar key, YamlNode value) in merged.SelectMany(mapping => mapping.Entries))
            {
                if (names.Add(key.Text)) entries.Add((key, value));
            }
            return Named(start.Anchor, new YamlMapping(Place(start), entries) { IsFlow = isFlow, End = last });
        }

        private TNode Named<TNode>(AnchorName anchor, TNode node)
            where TNode : YamlNode
        {
            if (!anchor.IsEmpty) anchors[anchor.Value] = node;
            return node;
        }
    }
}

/// <summary>A word, number or text.</summary>
/// <param name="At">Where it begins.</param>
/// <param name="Text">Without quotes.</param>
/// <param name="IsPlain">Whether it is without quotes, so that it may be a number, a flag or nothing.</param>
internal sealed record YamlScalar(FilePosition At, string Text, bool IsPlain) : YamlNode(At)
{
    public override string Kind => IsPlain && Text.Length == 0 ? "nothing" : $"'{(Text.Length > 40 ? Text[..40] + "…" : Text)}'";
}

/// <summary>A list.</summary>
internal sealed record YamlSequence(FilePosition At, IReadOnlyList<YamlNode> Items) : YamlNode(At)
{
    public override string Kind => "a list";

    /// <summary>Whether it stands in brackets.</summary>
    public bool IsFlow { get; init; }
}

/// <summary>A mapping, in the file's order.</summary>
internal sealed record YamlMapping(FilePosition At, IReadOnlyList<(YamlScalar Key, YamlNode Value)> Entries) : YamlNode(At)
{
    public override string Kind => "a mapping";

    /// <summary>Whether it stands in braces.</summary>
    public bool IsFlow { get; init; }

    public YamlNode? this[string name]
    {
        get
        {
            foreach ((YamlScalar key, YamlNode value) in Entries)
            {
                if (key.Text == name) return value;
            }
            return null;
        }
    }
}
