namespace Vigie.Text;

/// <summary>How the text is cut into tokens.</summary>
public enum TokenPattern
{
    /// <summary>Words, numbers, hashtags, mentions, URLs, emoticons, emoji and punctuation, as people write them in tweets.</summary>
    Tweet,

    /// <summary>Runs of two or more letters, digits or underscores: scikit-learn's <c>(?u)\b\w\w+\b</c>.</summary>
    Words,

    /// <summary>Whatever stands between white space: scikit-learn's <c>char_wb</c> words.</summary>
    Whitespace,
}

/// <summary>What becomes of a URL, a mention or a number.</summary>
public enum TermPolicy
{
    /// <summary>Stays as written.</summary>
    Keep,

    /// <summary>Becomes one common token such as <c>&lt;url&gt;</c>.</summary>
    Placeholder,

    /// <summary>Disappears.</summary>
    Drop,
}

/// <summary>What becomes of a hashtag.</summary>
public enum HashtagPolicy
{
    /// <summary>One token, with its #.</summary>
    Keep,

    /// <summary>The words it is made of: <c>#LostLuggage</c> gives <c>lost</c>, <c>luggage</c>.</summary>
    Split,

    /// <summary>Disappears.</summary>
    Drop,
}

/// <summary>The language whose stop words are removed.</summary>
public enum StopWordLanguage
{
    /// <summary>Nothing is removed.</summary>
    None,

    /// <summary>English function words, negations kept.</summary>
    English,

    /// <summary>French function words, negations kept.</summary>
    French,
}

/// <summary>How a word is reduced to a common form.</summary>
public enum WordForm
{
    /// <summary>As written.</summary>
    Surface,

    /// <summary>Porter2 stem (English Snowball).</summary>
    Stem,

    /// <summary>French Snowball stem.</summary>
    StemFrench,

    /// <summary>English dictionary form.</summary>
    Lemma,
}

/// <summary>
/// Everything that happens to a tweet between its raw text and its tokens, as one value. It is saved in the bundle,
/// so training and prediction clean a text in exactly the same way. <see cref="Tokenizer"/> carries it out.
/// </summary>
public sealed record TextPipeline
{
    /// <summary>The tokens that scikit-learn's vectorisers see by default: lower-cased runs of two or more word characters.</summary>
    public static TextPipeline ScikitLearn { get; } = new()
    {
        Tokens = TokenPattern.Words,
        HtmlEntities = false,
        Normalize = false,
        Urls = TermPolicy.Keep,
        Mentions = TermPolicy.Keep,
        MaxRun = 0,
        NegationScope = 0,
    };

    /// <summary>How the text is cut.</summary>
    public TokenPattern Tokens { get; init; } = TokenPattern.Tweet;

    /// <summary>Decode HTML entities such as <c>&amp;amp;</c>, which published tweets contain.</summary>
    public bool HtmlEntities { get; init; } = true;

    /// <summary>Bring the text to Unicode normalisation form C, so that é typed as two code points equals é typed as one.</summary>
    public bool Normalize { get; init; } = true;

    /// <summary>Fold upper case to lower case, by the invariant culture.</summary>
    public bool Lowercase { get; init; } = true;

    /// <summary>URLs. Their placeholder is <c>&lt;url&gt;</c>. Only <see cref="TokenPattern.Tweet"/> knows them.</summary>
    public TermPolicy Urls { get; init; } = TermPolicy.Placeholder;

    /// <summary>Mentions. Their placeholder is <c>&lt;user&gt;</c>. Only <see cref="TokenPattern.Tweet"/> knows them.</summary>
    public TermPolicy Mentions { get; init; } = TermPolicy.Placeholder;

    /// <summary>Numbers. Their placeholder is <c>&lt;number&gt;</c>. Only <see cref="TokenPattern.Tweet"/> knows them.</summary>
    public TermPolicy Numbers { get; init; } = TermPolicy.Keep;

    /// <summary>Hashtags. Only <see cref="TokenPattern.Tweet"/> knows them.</summary>
    public HashtagPolicy Hashtags { get; init; } = HashtagPolicy.Keep;

    /// <summary>Keep punctuation as tokens. Only <see cref="TokenPattern.Tweet"/> knows it.</summary>
    public bool Punctuation { get; init; } = true;

    /// <summary>Keep emoticons such as <c>:-)</c> and emoji as tokens. Only <see cref="TokenPattern.Tweet"/> knows them.</summary>
    public bool Emoticons { get; init; } = true;

    /// <summary>Longest run of one letter inside a word: with 2, <c>sooooo</c> is <c>soo</c>. 0 leaves runs alone.</summary>
    public int MaxRun { get; init; } = 2;

    /// <summary>How many tokens after a negation word are marked as negated, up to punctuation or <c>but</c>. 0 marks none.</summary>
    public int NegationScope { get; init; } = 3;

    /// <summary>Function words to remove. Negations always stay.</summary>
    public StopWordLanguage StopWords { get; init; } = StopWordLanguage.None;

    /// <summary>Stem, lemma or neither. Stems and lemmas are those of lower-case words.</summary>
    public WordForm Form { get; init; } = WordForm.Surface;

    internal TextPipeline Validated()
    {
        if (MaxRun < 0) throw new InvalidInputException($"max_run {MaxRun}: expected 0 for any run, or the longest that is kept");
        if (NegationScope < 0) throw new InvalidInputException($"negation_scope {NegationScope}: expected 0 or more words");
        if (Form != WordForm.Surface && !Lowercase) throw new InvalidInputException("lowercase=false goes with form=surface only: stems and lemmas are those of lower-case words");
        return this;
    }
}
