using System.Collections.Frozen;

namespace Vigie.Text;

/// <summary>
/// Function words that say nothing of a judgement: articles, pronouns, auxiliaries, prepositions.
/// Negations (<c>not</c>, <c>n't</c>, <c>never</c>; <c>ne</c>, <c>pas</c>, <c>jamais</c>), contrast (<c>but</c>, <c>mais</c>) and words of
/// degree (<c>too</c>, <c>very</c>; <c>trop</c>, <c>très</c>) are no stop words here, unlike in lists made for search: they turn or weigh a sentiment.
/// </summary>
public sealed class StopWords
{
    private static readonly Lazy<StopWords> LazyEnglish = new(() => new("english-stop-words"));
    private static readonly Lazy<StopWords> LazyFrench = new(() => new("french-stop-words"));

    private readonly FrozenSet<string> words;
    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> lookup;

    private StopWords(string file)
    {
        words = WordFile.Words(file).ToFrozenSet(StringComparer.Ordinal);
        lookup = words.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>English, with the clitics <c>'s 'm 're 've 'll 'd</c> and whole contractions such as <c>it's</c>.</summary>
    public static StopWords English => LazyEnglish.Value;

    /// <summary>French, with elided forms both as <c>l'</c> and as <c>l</c>.</summary>
    public static StopWords French => LazyFrench.Value;

    /// <summary>Every stop word of the language, in no particular order.</summary>
    public IReadOnlyCollection<string> Words => words;

    /// <summary>Whether the word, given in lower case and NFC with <c>'</c> (U+0027) as apostrophe, is a stop word. Allocates nothing.</summary>
    public bool Contains(ReadOnlySpan<char> word) => lookup.Contains(word);
}
