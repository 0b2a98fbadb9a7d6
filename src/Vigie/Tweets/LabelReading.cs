using System.Text;

namespace Vigie.Tweets;

/// <summary>What a label field turned out to be.</summary>
internal enum LabelOutcome
{
    Label,
    Empty,

    /// <summary>No scheme knows it, or the caller's own scheme does not: the row is malformed.</summary>
    Unknown,

    /// <summary>It belongs to another scheme than the file was read by until here.</summary>
    Contradiction,
}

/// <summary>Reads the labels of one file by one scheme; see <see cref="LabelScheme"/> for how it is decided on.</summary>
internal sealed class LabelReading
{
    // Far from every number that a scheme knows.
    private const int Negative = 100, Neutral = 101, Positive = 102, Nothing = 200, Other = 201;
    private const int MinusOneBit = 1, ZeroBit = 2, OneBit = 4, TwoBit = 8, FourBit = 16, WordBit = 32;

    private readonly bool given;
    private LabelScheme? scheme;
    private int seen;

    private LabelReading(LabelScheme? scheme, bool given) => (this.scheme, this.given) = (scheme, given);

    public LabelScheme? Scheme => scheme;

    public static LabelReading By(LabelScheme scheme) => new(scheme, given: true);

    /// <summary>Decides by the labels of the first rows. Null with a reason when they cannot be read as labels.</summary>
    public static LabelReading? LookAhead(IEnumerable<byte[]> labels, out string problem)
    {
        var reading = new LabelReading(null, given: false);
        var unknown = new List<string>();
        bool any = false;
        foreach (byte[] label in labels)
        {
            int value = Value(label);
            if (value == Other && unknown.Count < 5)
            {
                string text = $"'{Encoding.Latin1.GetString(label)}'";
                if (!unknown.Contains(text)) unknown.Add(text);
            }

            any |= value is not (Nothing or Other);
            reading.seen |= Bit(value);
        }

        problem = "";
        if (!any && unknown.Count > 0)
        {
            problem = $"{Accepted()}, found {string.Join(", ", unknown)}";
            return null;
        }

        if (!reading.Decide())
        {
            problem = $"labels of one scheme ({Accepted()}), found {reading.Seen()} in the first rows";
            return null;
        }

        return reading;
    }

    public LabelOutcome Read(ReadOnlySpan<byte> field, out Sentiment label)
    {
        label = default;
        int value = Value(field);
        if (value == Nothing) return LabelOutcome.Empty;
        if (value == Other) return LabelOutcome.Unknown;
        if (!given && (seen & Bit(value)) == 0)
        {
            // Zeros before the first -1 were handed out as negative.
            if (value == -1 && (seen & ZeroBit) != 0) return LabelOutcome.Contradiction;
            seen |= Bit(value);
            if (scheme is null && !Decide()) return LabelOutcome.Contradiction;
        }

        int of = Of(scheme, value);
        if (of < 0) return given ? LabelOutcome.Unknown : LabelOutcome.Contradiction;
        label = (Sentiment)of;
        return LabelOutcome.Label;
    }

    /// <summary>What a row of this file may have as a label.</summary>
    public string Expected => scheme is { } known ? Write(known) : Accepted();

    private static string Accepted() => "a label: negative/neutral/positive, neg/neu/pos, 0/1, 0/2/4, 0/1/2 or -1/0/1";

    private static string Write(LabelScheme scheme) => scheme switch
    {
        LabelScheme.Words => "a label: negative, neutral or positive",
        LabelScheme.ZeroOne => "a label 0 or 1, as in the rows before (a file of 0/1/2, 0/2/4 or -1/0/1 has to be declared so)",
        LabelScheme.ZeroTwoFour => "a label 0, 2 or 4",
        LabelScheme.ZeroOneTwo => "a label 0, 1 or 2",
        _ => "a label -1, 0 or 1",
    };

    private string Seen()
    {
        string[] names = ["-1", "0", "1", "2", "4", "words"];
        return string.Join(", ", names.Where((_, bit) => (seen & (1 << bit)) != 0));
    }

    // False: what was seen fits no scheme, or more than one that would read it differently.
    private bool Decide()
    {
        LabelScheme? found = seen switch
        {
            0 or ZeroBit => null,
            WordBit => LabelScheme.Words,
            _ when (seen & MinusOneBit) != 0 => LabelScheme.MinusOneToOne,
            _ when (seen & FourBit) != 0 => LabelScheme.ZeroTwoFour,
            _ when (seen & OneBit) != 0 => (seen & TwoBit) != 0 ? LabelScheme.ZeroOneTwo : LabelScheme.ZeroOne,
            _ => null,
        };
        scheme = found;
        if (found is null) return seen is 0 or ZeroBit;
        int known = found switch
        {
            LabelScheme.Words => WordBit,
            LabelScheme.MinusOneToOne => MinusOneBit | ZeroBit | OneBit,
            LabelScheme.ZeroTwoFour => ZeroBit | TwoBit | FourBit,
            LabelScheme.ZeroOneTwo => ZeroBit | OneBit | TwoBit,
            _ => ZeroBit | OneBit,
        };
        return (seen & ~known) == 0;
    }

    private static int Of(LabelScheme? scheme, int value) => (scheme, value) switch
    {
        (LabelScheme.Words, Negative) => 0,
        (LabelScheme.Words, Neutral) => 1,
        (LabelScheme.Words, Positive) => 2,
        (null or LabelScheme.ZeroOne or LabelScheme.ZeroTwoFour or LabelScheme.ZeroOneTwo, 0) => 0,
        (LabelScheme.ZeroOne, 1) => 2,
        (LabelScheme.ZeroTwoFour, 2) => 1,
        (LabelScheme.ZeroTwoFour, 4) => 2,
        (LabelScheme.ZeroOneTwo, 1) => 1,
        (LabelScheme.ZeroOneTwo, 2) => 2,
        (LabelScheme.MinusOneToOne, -1) => 0,
        (LabelScheme.MinusOneToOne, 0) => 1,
        (LabelScheme.MinusOneToOne, 1) => 2,
        _ => -1,
    };

    private static int Bit(int value) => value switch
    {
        -1 => MinusOneBit,
        0 => ZeroBit,
        1 => OneBit,
        2 => TwoBit,
        4 => FourBit,
        Negative or Neutral or Positive => WordBit,
        _ => 0,
    };

    private static int Value(ReadOnlySpan<byte> field)
    {
        field = field.Trim(" \t\r"u8);
        if (field.IsEmpty) return Nothing;
        if (field.Length > 2 && field.EndsWith(".0"u8)) field = field[..^2];
        if (field.Length == 1) return field[0] is (byte)'0' or (byte)'1' or (byte)'2' or (byte)'4' ? field[0] - '0' : Other;
        if (field.SequenceEqual("-1"u8)) return -1;
        if (Ascii.EqualsIgnoreCase(field, "negative"u8) || Ascii.EqualsIgnoreCase(field, "neg"u8)) return Negative;
        if (Ascii.EqualsIgnoreCase(field, "positive"u8) || Ascii.EqualsIgnoreCase(field, "pos"u8)) return Positive;
        if (Ascii.EqualsIgnoreCase(field, "neutral"u8) || Ascii.EqualsIgnoreCase(field, "neu"u8)) return Neutral;
        return Other;
    }
}
