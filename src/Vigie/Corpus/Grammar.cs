using System.Reflection;

namespace Vigie.Corpus;

/// <summary>The language a tweet is written in.</summary>
public enum TweetLanguage : byte
{
    /// <summary>English.</summary>
    English,

    /// <summary>French.</summary>
    French,
}

/// <summary>
/// Everything the corpus can say in one language: weighted rules, and topics made of them. Read from the <c>.grammar</c> files
/// embedded in this assembly; docs/corpus.md describes their notation.
/// </summary>
internal sealed class Grammar
{
    private readonly Dictionary<string, GrammarRule> rules;

    internal Grammar(TweetLanguage language, Dictionary<string, GrammarRule> rules, IReadOnlyList<Topic> topics, int variableCount) =>
        (Language, this.rules, Topics, TotalWeights, VariableCount) =
        (language, rules, topics, [.. Enumerable.Range(0, 3).Select(sentiment => topics.Sum(topic => topic.Weights[sentiment]))], variableCount);

    public TweetLanguage Language { get; }

    public IReadOnlyList<Topic> Topics { get; }

    /// <summary>Sum of the topics' weights for each sentiment.</summary>
    public int[] TotalWeights { get; }

    public int VariableCount { get; }

    public IReadOnlyCollection<GrammarRule> Rules => rules.Values;

    public GrammarRule this[string name] => rules.TryGetValue(name, out GrammarRule? rule) ? rule : throw new KeyNotFoundException($"the {Language} grammar has no rule '{name}'");

    private static readonly Lazy<Grammar> LazyEnglish = new(() => Load(TweetLanguage.English, "en"));

    private static readonly Lazy<Grammar> LazyFrench = new(() => Load(TweetLanguage.French, "fr"));

    public static Grammar Of(TweetLanguage language) => language == TweetLanguage.French ? LazyFrench.Value : LazyEnglish.Value;

    private static Grammar Load(TweetLanguage language, string folder)
    {
        Assembly assembly = typeof(Grammar).Assembly;
        var parser = new GrammarParser();
        // Ordinal order, so that the order of rules never hangs on the build machine.
        foreach (string name in assembly.GetManifestResourceNames().Order(StringComparer.Ordinal))
        {
            if (!name.EndsWith(".grammar", StringComparison.Ordinal)) continue;
            if (!name.StartsWith($"Grammars/{folder}/", StringComparison.Ordinal) && !name.StartsWith("Grammars/any/", StringComparison.Ordinal)) continue;
            using Stream stream = assembly.GetManifestResourceStream(name)!;
            using var reader = new StreamReader(stream);
            parser.Read(name, reader.ReadToEnd());
        }

        return parser.Build(language);
    }
}

/// <summary>What a tweet is about, and how often each sentiment is voiced about it.</summary>
/// <param name="Name">The same word in every language: <c>luggage</c>.</param>
/// <param name="Weights">Relative frequency among negative, neutral and positive tweets, in the order of <see cref="Tweets.Sentiment"/>.</param>
internal sealed record Topic(string Name, int[] Weights)
{
    /// <summary>The sections that every topic has, each a rule named <c>topic.section</c>.</summary>
    public static readonly string[] Sections = ["negative", "neutral", "positive", "sarcastic", "subject", "tag", "incident"];

    public string Rule(string section) => $"{Name}.{section}";
}

/// <summary>A grammar file breaks the notation, with file and line.</summary>
public sealed class GrammarFormatException : InvalidInputException
{
    /// <summary>Creates the exception for one line of a grammar file, counted from 1.</summary>
    public GrammarFormatException(string file, int line, string problem) : base($"{file}:{line}: {problem}") { }
}
