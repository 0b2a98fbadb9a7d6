using System.Text;

namespace Vigie.Corpus;

/// <summary>One walk through a grammar: where the text, the drawn variables and the randomness live. Reused from tweet to tweet; not for two threads.</summary>
internal sealed class Expansion(Grammar grammar, Xoshiro256 random)
{
    private readonly Dictionary<string, GrammarRule> slots = [];

    public StringBuilder Text { get; } = new();

    public Grammar Grammar => grammar;

    public Xoshiro256 Random => random;

    public (string Text, Agreement Agreement)[] Variables { get; } = new (string, Agreement)[grammar.VariableCount];

    /// <summary>The rule that <c>&lt;$name&gt;</c> stands for.</summary>
    public GrammarRule this[string slot]
    {
        get => slots.TryGetValue(slot, out GrammarRule? rule) ? rule : throw new InvalidOperationException($"the grammar asks for <${slot}>, which was not set for this tweet");
        set => slots[slot] = value;
    }

    /// <summary>Draws one production of <paramref name="rule"/>, in the spelling rules of the language.</summary>
    public string Expand(GrammarRule rule)
    {
        Text.Clear();
        rule.Body.Write(this);
        return Orthography.Tidy(Text.ToString(), grammar.Language);
    }

    /// <summary>Draws one production of the rule of that name.</summary>
    public string Expand(string rule) => Expand(grammar[rule]);
}
