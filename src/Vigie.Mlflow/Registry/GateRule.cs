using System.Globalization;

namespace Vigie.Mlflow;

/// <summary>
/// A condition on a version's metrics, such as <c>f1 &gt; 0.790 and f1 &gt; champion.f1</c>: comparisons (<c>&gt; &gt;= &lt; &lt;= = !=</c>) of metrics and
/// numbers, joined by <c>and</c>, <c>or</c>, <c>not</c> and parentheses. <c>champion.NAME</c> is the champion's metric. A name with other characters than
/// letters, digits and <c>_ . / -</c> stands in backticks or double quotes.
/// </summary>
public sealed class GateRule
{
    /// <summary>Characters; a longer rule is a mistake.</summary>
    public const int Longest = 4000;

    private GateRule(string text, GateNode root)
    {
        Text = text;
        Root = root;
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    internal GateNode Root { get; }

    /// <summary>Reads a rule.</summary>
    /// <exception cref="MlflowException">It cannot be read; the message says where.</exception>
    public static GateRule Parse(string text)
    {
        if (string.IsNullOrWhiteSpace(text)) throw MlflowException.Invalid("the gate's rule is empty; expected such as: f1 > 0.790 and f1 > champion.f1");
        if (text.Length > Longest) throw MlflowException.Invalid($"the gate's rule has {text.Length} characters; at most {Longest} are possible");
        return new GateRule(text, new GateRuleParser(text).Whole());
    }

    /// <inheritdoc/>
    public override string ToString() => Text;
}

/// <summary>A part of a rule.</summary>
internal abstract record GateNode
{
    public sealed record Both(GateNode Left, GateNode Right) : GateNode;

    public sealed record Either(GateNode Left, GateNode Right) : GateNode;

    public sealed record Opposite(GateNode Of) : GateNode;

    public sealed record Comparison(GateOperand Left, string Operator, GateOperand Right) : GateNode
    {
        public string Text => $"{Left} {Operator} {Right}";

        public bool NamesChampion => Left is GateOperand.Metric { OfChampion: true } || Right is GateOperand.Metric { OfChampion: true };
    }
}

/// <summary>One side of a comparison.</summary>
internal abstract record GateOperand
{
    public sealed record Number(double Value) : GateOperand
    {
        public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
    }

    public sealed record Metric(string Name, bool OfChampion) : GateOperand
    {
        public override string ToString() => OfChampion ? $"champion.{Name}" : Name;
    }
}
