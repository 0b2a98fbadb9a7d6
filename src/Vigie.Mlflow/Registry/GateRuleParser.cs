using System.Globalization;

namespace Vigie.Mlflow;

/// <summary>Reads a rule from left to right: <c>or</c> binds least, then <c>and</c>, then <c>not</c>, then the comparison.</summary>
internal sealed class GateRuleParser(string text)
{
    /// <summary>Parentheses and nots within each other; deeper ones would only use up the stack.</summary>
    private const int Deepest = 64;

    private const string ChampionPrefix = "champion.";

    private static readonly string[] Operators = [">=", "<=", "!=", "==", "<>", ">", "<", "="];

    private int at;
    private int depth;

    public GateNode Whole()
    {
        GateNode node = Either();
        SkipSpace();
        return at == text.Length ? node : throw Unexpected("'and', 'or' or the end");
    }

    private GateNode Either()
    {
        GateNode node = Both();
        while (TakeWord("or")) node = new GateNode.Either(node, Both());
        return node;
    }

    private GateNode Both()
    {
        GateNode node = Single();
        while (TakeWord("and")) node = new GateNode.Both(node, Single());
        return node;
    }

    private GateNode Single()
    {
        if (++depth > Deepest) throw Fault($"more than {Deepest} parentheses or nots within each other");
        GateNode node;
        if (TakeWord("not"))
        {
            node = new GateNode.Opposite(Single());
        }
        else if (Take('('))
        {
            node = Either();
            if (!Take(')')) throw Unexpected("')'");
        }
        else
        {
            node = Comparison();
        }

        depth--;
        return node;
    }

    private GateNode.Comparison Comparison()
    {
        SkipSpace();
        int start = at;
        GateOperand left = Operand();
        SkipSpace();
        string? found = Operators.FirstOrDefault(candidate => text.AsSpan(at).StartsWith(candidate, StringComparison.Ordinal)) ?? throw Unexpected("one of > >= < <= = !=");
        at += found.Length;
        GateOperand right = Operand();
        if (left is GateOperand.Number && right is GateOperand.Number)
        {
            at = start;
            throw Fault("both sides are numbers, so it says nothing of a version");
        }

        return new GateNode.Comparison(left, found switch { "==" => "=", "<>" => "!=", _ => found }, right);
    }

    private GateOperand Operand()
    {
        SkipSpace();
        if (at == text.Length) throw Unexpected("a metric or a number");
        char first = text[at];
        if (char.IsAsciiDigit(first) || first is '-' or '+' or '.') return Number();
        if (first is '`' or '"') return new GateOperand.Metric(Quoted(first), OfChampion: false);
        string word = Word();
        if (word.Length == 0 || IsKeyword(word)) throw Unexpected("a metric or a number", word.Length);
        if (word == ChampionPrefix && at < text.Length && text[at] is '`' or '"') return new GateOperand.Metric(Quoted(text[at]), OfChampion: true);
        if (!word.StartsWith(ChampionPrefix, StringComparison.Ordinal)) return new GateOperand.Metric(word, OfChampion: false);
        return word.Length > ChampionPrefix.Length ? new GateOperand.Metric(word[ChampionPrefix.Length..], OfChampion: true) : throw Unexpected("the name of a metric after 'champion.'");
    }

    private GateOperand.Number Number()
    {
        int start = at++;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '.' || (text[at] is '+' or '-' && text[at - 1] is 'e' or 'E'))) at++;
        if (double.TryParse(text.AsSpan(start, at - start), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)) return new GateOperand.Number(value);
        string wrong = text[start..at];
        at = start;
        throw Fault($"'{wrong}' is no number");
    }

    private string Quoted(char quote)
    {
        int end = text.IndexOf(quote, at + 1);
        if (end < 0) throw Fault($"the name that begins here has no closing {quote}");
        if (end == at + 1) throw Fault("a name is empty");
        string name = text[(at + 1)..end];
        at = end + 1;
        return name;
    }

    private string Word()
    {
        int start = at;
        while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] is '_' or '.' or '/' or '-')) at++;
        return text[start..at];
    }

    private bool TakeWord(string word)
    {
        SkipSpace();
        int before = at;
        if (Word().Equals(word, StringComparison.OrdinalIgnoreCase)) return true;
        at = before;
        return false;
    }

    private bool Take(char wanted)
    {
        SkipSpace();
        if (at == text.Length || text[at] != wanted) return false;
        at++;
        return true;
    }

    private void SkipSpace()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
    }

    private static bool IsKeyword(string word) => word.ToUpperInvariant() is "AND" or "OR" or "NOT";

    private MlflowException Unexpected(string expected, int back = 0)
    {
        at -= back;
        return Fault(at == text.Length ? $"expected {expected}, but the rule ends" : $"expected {expected}, found '{text[at..Math.Min(text.Length, at + 20)]}'");
    }

    private MlflowException Fault(string what) => MlflowException.Invalid($"the gate's rule cannot be read at position {at + 1}: {what}. Rule: {text}");
}
