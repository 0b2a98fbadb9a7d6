namespace Vigie.Corpus;

/// <summary>Gender and number, as far as a form that agrees needs them. English uses the two masculine values.</summary>
internal enum Agreement : sbyte
{
    None = -1,
    MasculineSingular = 0,
    FeminineSingular = 1,
    MasculinePlural = 2,
    FemininePlural = 3,
}

/// <summary>A piece of a production. Writing it appends text to the expansion and returns the agreement of the noun it holds, if any.</summary>
internal abstract class GrammarNode
{
    public abstract Agreement Write(Expansion expansion);
}

internal sealed class Literal(string text) : GrammarNode
{
    public override Agreement Write(Expansion expansion)
    {
        expansion.Text.Append(text);
        return Agreement.None;
    }
}

/// <summary><c>&lt;5..90/5&gt;</c>: a number between two bounds, both included, in steps.</summary>
internal sealed class NumberRange(int least, int most, int step) : GrammarNode
{
    public override Agreement Write(Expansion expansion)
    {
        expansion.Text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{least + step * expansion.Random.Next((most - least) / step + 1)}");
        return Agreement.None;
    }
}

/// <summary><c>&lt;city&gt;</c>: one production of a rule.</summary>
internal sealed class RuleReference(GrammarRule rule) : GrammarNode
{
    public GrammarRule Rule => rule;

    public override Agreement Write(Expansion expansion) => rule.Body.Write(expansion);
}

/// <summary><c>&lt;$situation&gt;</c>: a rule that the caller chose for this expansion.</summary>
internal sealed class SlotReference(string slot) : GrammarNode
{
    public string Slot => slot;

    public override Agreement Write(Expansion expansion) => expansion[slot].Body.Write(expansion);
}

/// <summary><c>&lt;n&gt;</c> where <c>&lt;n=noun&gt;</c> stands in the same production: the very words that were drawn for n.</summary>
internal sealed class VariableReference(int variable) : GrammarNode
{
    public override Agreement Write(Expansion expansion)
    {
        (string text, Agreement agreement) = expansion.Variables[variable];
        expansion.Text.Append(text);
        return agreement;
    }
}

/// <summary>
/// <c>[n:lost|lost]</c>: the form that agrees with variable n. Two forms are singular and plural; three are masculine singular,
/// feminine singular and plural; four are masculine, feminine, masculine plural and feminine plural.
/// </summary>
internal sealed class AgreeingForms(int variable, string[] forms) : GrammarNode
{
    public override Agreement Write(Expansion expansion)
    {
        Agreement agreement = expansion.Variables[variable].Agreement;
        int index = agreement == Agreement.None ? 0 : (int)agreement;
        bool plural = index >= (int)Agreement.MasculinePlural;
        expansion.Text.Append(forms.Length switch
        {
            2 => forms[plural ? 1 : 0],
            3 => forms[plural ? 2 : index],
            _ => forms[index],
        });
        return Agreement.None;
    }
}

/// <summary>Pieces one after the other. Variables are drawn first, because a form may agree with a noun that comes after it.</summary>
internal sealed class Sequence(GrammarNode[] pieces, (int Variable, GrammarNode Source)[] bindings, Agreement own) : GrammarNode
{
    public IEnumerable<GrammarNode> Children => bindings.Select(binding => binding.Source).Concat(pieces);

    public override Agreement Write(Expansion expansion)
    {
        foreach ((int variable, GrammarNode source) in bindings)
        {
            int start = expansion.Text.Length;
            Agreement drawn = source.Write(expansion);
            expansion.Variables[variable] = (expansion.Text.ToString(start, expansion.Text.Length - start), drawn);
            expansion.Text.Length = start;
        }

        Agreement last = Agreement.None;
        foreach (GrammarNode piece in pieces)
        {
            Agreement agreement = piece.Write(expansion);
            if (agreement != Agreement.None) last = agreement;
        }

        return own == Agreement.None ? last : own;
    }
}

/// <summary><c>{late|*2 delayed|}</c>, and the productions of a rule: one branch, drawn by weight.</summary>
internal sealed class Choice(GrammarNode[] branches, int[] weights) : GrammarNode
{
    private readonly int[] cumulative = Accumulate(weights);

    public GrammarNode[] Branches => branches;

    public override Agreement Write(Expansion expansion)
    {
        int drawn = expansion.Random.Next(cumulative[^1]);
        int index = Array.BinarySearch(cumulative, drawn + 1);
        return branches[index < 0 ? ~index : index].Write(expansion);
    }

    private static int[] Accumulate(int[] weights)
    {
        int sum = 0;
        return [.. weights.Select(weight => sum += weight)];
    }
}

/// <summary>A named choice. Its body is set once, after every rule of the language is known by name.</summary>
internal sealed class GrammarRule(string name)
{
    public string Name => name;

    public Choice Body { get; set; } = new([], []);
}
